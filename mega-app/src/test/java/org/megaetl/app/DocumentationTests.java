package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation against the program.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");

	static List<String> pages() throws IOException {
		List<String> pages = files(".md");
		assertThat(pages).contains("README.md", "docs/README.md", "docs/transformers.md", "examples/order/README.md");
		return pages;
	}

	@ParameterizedTest
	@MethodSource("pages")
	void configurationUsesKeysThatExist(String page) throws IOException {
		for (String yaml : blocks(page, "yaml")) {
			assertThat(UnknownKeys.in(yaml)).as(yaml).isNull();
		}
	}

	@ParameterizedTest
	@MethodSource("pages")
	void javaIsPartOfAFileThatIsCompiled(String page) throws IOException {
		List<String> blocks = blocks(page, "java");
		if (blocks.isEmpty()) {
			return;
		}
		List<String> sources = new ArrayList<>();
		for (String file : files(".java")) {
			sources.add(words(Files.readString(ROOT.resolve(file))));
		}
		for (String java : blocks) {
			assertThat(sources).as(java).anyMatch((source) -> source.contains(words(java)));
		}
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadSomewhere(String page) throws IOException {
		List<String> targets = LINK.matcher(Files.readString(ROOT.resolve(page)))
			.results()
			.map((link) -> link.group(1))
			.toList();
		assertThat(targets).allMatch((target) -> Files.exists(ROOT.resolve(page).resolveSibling(target)));
	}

	private static List<String> blocks(String page, String language) throws IOException {
		return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
			.matcher(Files.readString(ROOT.resolve(page)))
			.results()
			.map((MatchResult block) -> block.group(1))
			.toList();
	}

	private static String words(String text) {
		return text.replaceAll("\\s+", " ").strip();
	}

	private static List<String> files(String extension) throws IOException {
		try (Stream<Path> files = Files.walk(ROOT)) {
			return files.filter((file) -> file.toString().endsWith(extension))
				.map((file) -> ROOT.relativize(file).toString().replace('\\', '/'))
				.filter((file) -> !file.matches("(.*/)?(target|node_modules|\\.git)/.*"))
				.sorted()
				.toList();
		}
	}

}
