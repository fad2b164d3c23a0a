package org.megaetl.connector.kafka;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaDefaults}.
 */
class KafkaDefaultsTests {

	private static final String ENABLED = "mega.connectors.kafka.enabled";

	private static final String LEVEL = "logging.level.org.apache.kafka";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void keepsTheClientsQuiet() {
		this.environment.setProperty(ENABLED, "true");
		new KafkaDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("warn");
	}

	@Test
	void doesNothingWhileTheConnectorIsNotEnabled() {
		new KafkaDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.containsProperty(LEVEL)).isFalse();
	}

	@Test
	void whatIsConfiguredWins() {
		this.environment.setProperty(ENABLED, "true");
		this.environment.setProperty(LEVEL, "debug");
		new KafkaDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("debug");
	}

}
