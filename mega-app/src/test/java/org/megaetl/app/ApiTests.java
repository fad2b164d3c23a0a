package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What each package says of itself: what of it is API.
 */
class ApiTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern API = Pattern.compile("<p> API: ([^.]+)\\. ");

	private static final String ALL = "all of this package";

	private static final String INTERNAL = "<p> Internal to MEGA; may change without notice. ";

	private static final Pattern LINK = Pattern.compile("\\{@link (\\w+)}");

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

	private static final Pattern IMPORT = Pattern
		.compile("(?m)^import (?:static )?(org\\.megaetl(?:\\.[a-z]+)+)\\.(\\w+)");

	@Test
	void everyPackageSaysWhatOfItIsApi() throws IOException {
		assertThat(api())
			.containsKeys("org.megaetl.sink", "org.megaetl.connector.webhook.auth", "org.megaetl.transformers")
			.containsEntry("org.megaetl.event", List.of(ALL))
			.containsEntry("org.megaetl.test", List.of(ALL));
	}

	@Test
	void examplesAndTheFileConnectorUseNothingButApi() throws IOException {
		Map<String, List<String>> api = api();
		List<Path> users = sources((path) -> path.startsWith("examples/")
				|| path.startsWith("mega-test/src/test/java/org/megaetl/connector/file/"));
		assertThat(users).hasSizeGreaterThan(20);
		List<String> others = new ArrayList<>();
		for (Path user : users) {
			IMPORT.matcher(Files.readString(user)).results().filter((used) -> !isApi(used, api)).forEach((used) -> {
				if (!used.group(1).matches("org\\.megaetl\\.(examples|connector\\.file).*")) {
					others.add(user.getFileName() + " uses " + used.group(1) + "." + used.group(2));
				}
			});
		}
		assertThat(others).isEmpty();
	}

	private static boolean isApi(MatchResult used, Map<String, List<String>> api) {
		List<String> types = api.get(used.group(1));
		return types != null && (types.contains(ALL) || types.contains(used.group(2)));
	}

	/**
	 * Returns the types of each package that are API: all, those it links to, or none.
	 */
	private static Map<String, List<String>> api() throws IOException {
		Map<String, List<String>> api = new TreeMap<>();
		for (Path file : sources((path) -> path.matches("mega-.*/src/main/java/.*/package-info\\.java"))) {
			String source = Files.readString(file);
			Matcher name = PACKAGE.matcher(source);
			assertThat(name.find()).as(file.toString()).isTrue();
			api.put(name.group(1), types(source.replaceAll("\\s+\\*?\\s*", " "), file));
		}
		return api;
	}

	private static List<String> types(String source, Path file) {
		Matcher sentence = API.matcher(source);
		if (!sentence.find()) {
			assertThat(source).as(file.toString()).contains(INTERNAL);
			return List.of();
		}
		if (sentence.group(1).equals(ALL)) {
			return List.of(ALL);
		}
		List<String> types = LINK.matcher(sentence.group(1)).results().map((link) -> link.group(1)).toList();
		assertThat(types).as(file.toString())
			.isNotEmpty()
			.allSatisfy((type) -> assertThat(file.resolveSibling(type + ".java")).content().contains("\npublic "));
		return types;
	}

	private static List<Path> sources(Predicate<String> filter) throws IOException {
		try (Stream<Path> files = Files.walk(ROOT)) {
			return files
				.filter((file) -> file.toString().endsWith(".java")
						&& filter.test(ROOT.relativize(file).toString().replace('\\', '/')))
				.toList();
		}
	}

}
