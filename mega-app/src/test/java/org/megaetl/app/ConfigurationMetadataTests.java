package org.megaetl.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor shows of a key: the metadata of all modules and, of keys inside of maps,
 * the Javadoc of what is bound.
 */
class ConfigurationMetadataTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern OURS = Pattern.compile("mega\\..+|management\\.(endpoint|health)\\.mega.+");

	private static final Pattern SENTENCE = Pattern.compile("(?s)[A-Z].*\\.");

	private static final Pattern RECORD = Pattern.compile("\\s+(?:@\\S+\\s+)*(?:public )?record (\\w+)");

	private static final Pattern COMPONENT = Pattern.compile("(?s)@param (\\w+) (.+?)(?=@param|$)");

	@Test
	void describesEachKeyInASentence() throws IOException {
		Map<String, JsonNode> properties = properties();
		assertThat(properties).containsKeys("mega.namespace", "mega.schema.wait-for-database",
				"mega.actuator.read-access", "mega.transformers", "mega.connectors.ethereum.enabled",
				"mega.connectors.kafka.enabled", "mega.connectors.redis.enabled", "mega.connectors.webhook.enabled",
				"mega.devservices.enabled", "management.endpoint.mega.access");
		assertThat(properties).allSatisfy(
				(name, property) -> assertThat(property.path("description").asString("")).as(name).matches(SENTENCE));
	}

	@Test
	void knowsKeysThatNoClassBinds() throws IOException {
		Map<String, JsonNode> properties = properties();
		for (String name : List.of("mega.validate", "management.health.mega.enabled",
				"management.health.mega-transformers.enabled")) {
			assertThat(properties).containsKey(name);
			assertThat(properties.get(name).path("type").asString("")).isEqualTo("java.lang.Boolean");
		}
	}

	@Test
	void describesEachKeyInsideOfAMapInASentence() throws IOException {
		Map<String, String> descriptions = new TreeMap<>();
		try (Stream<Path> files = Files.walk(ROOT)) {
			for (Path file : files.filter(ConfigurationMetadataTests::isSource).toList()) {
				String source = Files.readString(file);
				if (source.contains("import org.springframework.boot.context.properties.bind.DefaultValue;")) {
					descriptions(source)
						.forEach((name, text) -> descriptions.put(file.getFileName() + ": " + name, text));
				}
			}
		}
		assertThat(descriptions).containsKeys("KafkaConnectorProperties.java: Inbound.topics",
				"WebhookConnectorProperties.java: Hmac.header", "TransformersProperties.java: Definition.type",
				"RowMapping.java: RowMapping.table");
		assertThat(descriptions).allSatisfy((name, description) -> assertThat(description).as(name).matches(SENTENCE));
	}

	private static boolean isSource(Path file) {
		String path = ROOT.relativize(file).toString().replace('\\', '/');
		return path.endsWith(".java") && path.contains("src/main/java/") && !path.startsWith("benchmarks/");
	}

	private static Map<String, String> descriptions(String source) {
		Map<String, String> descriptions = new TreeMap<>();
		for (String piece : source.split("/\\*\\*")) {
			int end = piece.indexOf("*/");
			Matcher bound = RECORD.matcher(piece.substring(end + 2));
			if (end >= 0 && bound.lookingAt()) {
				Matcher component = COMPONENT.matcher(piece.substring(0, end).replaceAll("\\s+\\*?\\s*", " ").strip());
				while (component.find()) {
					descriptions.put(bound.group(1) + "." + component.group(1), component.group(2).strip());
				}
			}
		}
		return descriptions;
	}

	private static Map<String, JsonNode> properties() throws IOException {
		Map<String, JsonNode> properties = new TreeMap<>();
		for (URL url : Collections.list(ConfigurationMetadataTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = url.openStream()) {
				for (JsonNode property : JsonMapper.shared().readTree(stream).path("properties")) {
					String name = property.get("name").asString();
					if (OURS.matcher(name).matches()) {
						properties.put(name, property);
					}
				}
			}
		}
		return properties;
	}

}
