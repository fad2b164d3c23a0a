package org.megaetl.devservices;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each property has metadata.
 */
class DevServicesPropertiesMetadataTests {

	@Test
	void describesEachProperty() throws Exception {
		JsonNode metadata = JsonMapper.shared()
			.readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray());
		List<String> names = new ArrayList<>();
		for (JsonNode property : metadata.get("properties")) {
			names.add(property.get("name").asString());
			assertThat(property.path("description").asString("")).as(property.toString()).endsWith(".");
		}
		assertThat(names).containsExactlyInAnyOrder("mega.devservices.enabled", "mega.devservices.cache-directory",
				"mega.devservices.mariadb.enabled", "mega.devservices.mariadb.provider",
				"mega.devservices.mariadb.shared", "mega.devservices.mariadb.port",
				"mega.devservices.mariadb.directory", "mega.devservices.mariadb.fresh",
				"mega.devservices.mariadb.database", "mega.devservices.mariadb.args", "mega.devservices.redis.enabled",
				"mega.devservices.redis.provider", "mega.devservices.redis.shared", "mega.devservices.redis.port",
				"mega.devservices.redis.directory", "mega.devservices.redis.fresh", "mega.devservices.redis.program",
				"mega.devservices.redis.args", "mega.devservices.kafka.enabled", "mega.devservices.kafka.provider",
				"mega.devservices.kafka.shared", "mega.devservices.kafka.port", "mega.devservices.kafka.directory",
				"mega.devservices.kafka.fresh", "mega.devservices.kafka.settings");
	}

}
