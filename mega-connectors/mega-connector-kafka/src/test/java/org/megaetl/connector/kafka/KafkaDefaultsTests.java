package org.megaetl.connector.kafka;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaDefaults}.
 */
class KafkaDefaultsTests {

	private static final String LEVEL = "logging.level.org.apache.kafka";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void keepsTheClientsQuiet() {
		new KafkaDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("warn");
	}

	@Test
	void whatIsConfiguredWins() {
		this.environment.setProperty(LEVEL, "debug");
		new KafkaDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("debug");
	}

}
