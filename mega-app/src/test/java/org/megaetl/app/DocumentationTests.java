package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation against the program.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");

	private static final Pattern HEADING_LINK = Pattern.compile("]\\((?!https?:)([^)#]*\\.md)?#([^)]+)\\)");

	private static final Pattern OPTION = Pattern.compile("-D(mega\\.[a-z.-]+)");

	private static final Pattern VERSION = Pattern.compile("<version>(\\d[^<]*)</version>");

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

	/**
	 * They become system properties of tests, whose applications refuse unknown keys.
	 */
	@ParameterizedTest
	@MethodSource("pages")
	void optionsOfTheBuildAreNoUnknownKeys(String page) throws IOException {
		for (MatchResult option : matches(OPTION, Files.readString(ROOT.resolve(page)))) {
			assertThat(UnknownKeys.in(option.group(1) + ": x")).as(option.group()).isNull();
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

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadToHeadings(String page) throws IOException {
		for (MatchResult link : matches(HEADING_LINK, Files.readString(ROOT.resolve(page)))) {
			Path target = (link.group(1) != null) ? ROOT.resolve(page).resolveSibling(link.group(1))
					: ROOT.resolve(page);
			assertThat(headings(target)).contains(link.group(2));
		}
	}

	@Test
	void aProjectOfOnesOwnHasTheVersionsOfThisBuild() throws IOException {
		List<MatchResult> build = matches(VERSION, Files.readString(ROOT.resolve("pom.xml")));
		String springBoot = build.get(0).group(1);
		String mega = build.get(1).group(1);
		assertThat(matches(VERSION, String.join("", blocks("README.md", "xml"))))
			.extracting((version) -> version.group(1))
			.containsExactly(springBoot, "0.0.1-SNAPSHOT", mega, mega);
	}

	/**
	 * The names that GitHub gives to the headings of a page.
	 */
	private static List<String> headings(Path page) throws IOException {
		return matches(Pattern.compile("(?m)^#+ (.+)$"), Files.readString(page)).stream()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", ""))
			.map((heading) -> heading.replace(' ', '-'))
			.toList();
	}

	private static List<MatchResult> matches(Pattern pattern, String text) {
		return pattern.matcher(text).results().toList();
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
