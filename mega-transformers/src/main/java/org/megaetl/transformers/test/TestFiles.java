package org.megaetl.transformers.test;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.config.InvalidConfigurationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * Reads files {@code *.mega-test.yml}.
 */
public final class TestFiles {

	static final ObjectReader YAML = YAMLMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build()
		.readerFor(JsonNode.class);

	private static final String SUFFIX = ".mega-test.yml";

	private static final List<String> FILE_KEYS = List.of("transformer", "tests");

	private static final List<String> TEST_KEYS = List.of("name", "json", "text", "file", "headers", "key", "id",
			"timestamp", "rows", "skipped", "error");

	private final ResourcePatternResolver resources;

	/**
	 * Creates a reader.
	 * @param resources finds the files
	 */
	public TestFiles(ResourcePatternResolver resources) {
		this.resources = resources;
	}

	/**
	 * Reads all files.
	 * @param patterns where they are
	 * @return the tests by the name of their transformer
	 * @throws InvalidConfigurationException if there is a mistake in one of them
	 */
	public Map<String, List<TestCase>> read(List<String> patterns) {
		Map<String, List<TestCase>> tests = new LinkedHashMap<>();
		for (String pattern : patterns) {
			for (Resource file : find(pattern)) {
				read(file, tests);
			}
		}
		return tests;
	}

	private List<Resource> find(String pattern) {
		try {
			return Arrays.stream(this.resources.getResources(pattern))
				.filter(Resource::isReadable)
				.sorted(Comparator.comparing(Resource::getDescription))
				.toList();
		}
		catch (IOException ex) {
			throw new InvalidConfigurationException("'mega.transformer-tests' has '" + pattern
					+ "', which cannot be looked up: " + ex.getMessage() + ".",
					"Write a place such as 'file:tests/*" + SUFFIX + "'.", ex);
		}
	}

	private void read(Resource file, Map<String, List<TestCase>> tests) {
		try {
			ObjectNode content = object(YAML.readValue(file.getContentAsByteArray()), "it", FILE_KEYS);
			String fileName = String.valueOf(file.getFilename());
			String transformer = text(content, "transformer");
			List<TestCase> ofFile = tests.computeIfAbsent(
					(transformer != null) ? transformer : fileName.endsWith(SUFFIX)
							? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName,
					(name) -> new ArrayList<>());
			if (!(content.get("tests") instanceof ArrayNode array)) {
				throw new IllegalArgumentException("it has no list 'tests'");
			}
			for (int i = 0; i < array.size(); i++) {
				TestCase test = test(array.get(i), file);
				test.check("Test " + (i + 1) + " of " + file.getDescription());
				ofFile.add(test);
			}
		}
		catch (IOException | JacksonException | IllegalArgumentException | DateTimeException ex) {
			String reason = (ex instanceof JacksonException json) ? json.getOriginalMessage() : ex.getMessage();
			throw new InvalidConfigurationException(
					file.getDescription() + " is no file of tests of transformers: " + reason + ".",
					"Correct the file as docs/transformers/tests.md describes it.", ex);
		}
	}

	private static TestCase test(JsonNode node, Resource file) throws IOException {
		ObjectNode test = object(node, "a test", TEST_KEYS);
		Map<String, String> headers = new LinkedHashMap<>();
		JsonNode fields = test.path("headers");
		if (!fields.isMissingNode()
				&& !(fields instanceof ObjectNode && fields.valueStream().allMatch(JsonNode::isValueNode))) {
			throw new IllegalArgumentException("'headers' must be names with their values, but is " + fields);
		}
		fields.forEachEntry((name, value) -> headers.put(name, value.asString()));
		JsonNode skipped = test.path("skipped");
		if (!skipped.isMissingNode() && !skipped.isBoolean()) {
			throw new IllegalArgumentException("'skipped' must be true or false, but is " + skipped);
		}
		String event = text(test, "file");
		String time = text(test, "timestamp");
		return new TestCase(text(test, "name"), text(test, "json"), text(test, "text"),
				(event != null) ? file.createRelative(event) : null, headers, text(test, "key"), text(test, "id"),
				(time != null) ? Instant.parse(time) : null, text(test, "rows"), skipped.asBoolean(false),
				text(test, "error"));
	}

	private static ObjectNode object(@Nullable JsonNode node, String what, Collection<String> known) {
		if (!(node instanceof ObjectNode object)) {
			throw new IllegalArgumentException(what + " must have keys such as '" + known.iterator().next() + "'");
		}
		object.propertyNames().forEach((name) -> {
			if (!known.contains(name)) {
				throw new IllegalArgumentException(what + " has the key '" + name + "', which means nothing; "
						+ ClosestMatch.closest(name, known)
							.map((closest) -> "is '" + closest + "' meant?")
							.orElse("there are " + String.join(", ", known)));
			}
		});
		return object;
	}

	/**
	 * Returns a text as it is, and anything else as JSON.
	 */
	private static @Nullable String text(ObjectNode object, String name) {
		JsonNode node = object.get(name);
		return (node == null || node.isNull()) ? null
				: Objects.requireNonNull(node.isString() ? node.stringValue() : node.toString());
	}

}
