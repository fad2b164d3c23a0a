package org.megaetl.app;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code application.yml} against the configuration metadata of all modules.
 */
class ConfigurationFileTests {

	private static final Pattern INBOUND = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(.+)>");

	private final Map<String, Object> documented = Yaml.flatten(uncommented())
		.entrySet()
		.stream()
		.collect(TreeMap::new, (map, entry) -> map.put(entry.getKey(), entry.getValue()), Map::putAll);

	@Test
	void documentsOnlyKeysThatExist() {
		assertThat(UnknownKeys.in(uncommented())).isNull();
	}

	@Test
	void documentsEveryKeyWithItsDefault() throws Exception {
		List<JsonNode> properties = properties();
		assertThat(properties).hasSizeGreaterThan(10);
		for (JsonNode property : properties) {
			String name = property.get("name").asString();
			Matcher inbound = INBOUND.matcher(property.get("type").asString());
			if (inbound.matches()) {
				for (RecordComponent component : Class.forName(inbound.group(1)).getRecordComponents()) {
					String key = name + ".orders." + DataObjectPropertyName.toDashedForm(component.getName());
					assertThat(this.documented.keySet()).as(key)
						.anyMatch((documented) -> documented.equals(key) || documented.startsWith(key + ".")
								|| documented.startsWith(key + "["));
				}
				continue;
			}
			assertThat(this.documented).containsKey(name);
			JsonNode defaultValue = property.get("defaultValue");
			if (defaultValue != null) {
				assertThat(this.documented.get(name)).as(name).hasToString(defaultValue.asString());
			}
		}
	}

	@Test
	void setsNothingOfMega() throws IOException {
		assertThat(Yaml.flatten(text()).keySet()).isNotEmpty().noneMatch((key) -> key.startsWith("mega."));
	}

	/**
	 * The actuator is there without a webhook, too.
	 */
	@Test
	void hasTheDefaultsOfAWebhookAlsoWhereThereIsNone() {
		Map<String, Object> defaults = defaults("--spring.config.location=optional:classpath:/nowhere/",
				"--mega.connectors.webhook.enabled=true");
		assertThat(defaults).containsEntry("server.port", "3344").containsKey("logging.level.org.flywaydb");
		try (ConfigurableApplicationContext context = start()) {
			defaults.forEach((key, value) -> assertThat(context.getEnvironment().getProperty(key)).as(key)
				.hasToString(value.toString()));
		}
	}

	private static Map<String, Object> defaults(String... args) {
		try (ConfigurableApplicationContext context = start(args)) {
			PropertySource<?> defaults = context.getEnvironment()
				.getPropertySources()
				.get(DefaultPropertiesPropertySource.NAME);
			return ((MapPropertySource) defaults).getSource();
		}
	}

	private static ConfigurableApplicationContext start(String... args) {
		return new SpringApplicationBuilder(Nothing.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run(args);
	}

	private static String uncommented() {
		return text().replaceAll("(?m)^#(?! \\S)", "");
	}

	private static String text() {
		try {
			return new ClassPathResource("application.yml").getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the metadata of all keys but those of the development services, which the
	 * packaged application does not have.
	 */
	private static List<JsonNode> properties() throws IOException {
		List<JsonNode> properties = new ArrayList<>();
		for (URL url : Collections.list(ConfigurationFileTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = url.openStream()) {
				JsonMapper.shared().readTree(stream).path("properties").forEach((property) -> {
					String name = property.get("name").asString();
					if (name.startsWith("mega.") && !name.startsWith("mega.devservices.")) {
						properties.add(property);
					}
				});
			}
		}
		return properties;
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
