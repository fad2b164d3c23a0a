package org.megaetl.config;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogDefaults}.
 */
class LogDefaultsTests {

	private static final String LEVEL = "logging.level.org.flywaydb";

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@ValueSource(strings = { "mega.connectors.sample.enabled", "mega.connectors.kafka.enabled" })
	void keepsTheLogShortWhereAConnectorIsEnabled(String enabled) {
		this.environment.withProperty("mega.connectors.redis.enabled", "false").setProperty(enabled, "TRUE");
		assertThat(level()).isEqualTo("warn");
	}

	@Test
	void knowsWhatAVariableEnables() {
		this.environment.getPropertySources()
			.addLast(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("MEGA_CONNECTORS_KAFKA_ENABLED", "true")));
		assertThat(level()).isEqualTo("warn");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mega.connectors", "mega.connectors.sample", "mega.connectors.sample.enabled.other",
			"mega.connectors.sample.inbound.enabled", "mega.enabled", "megalomania.connectors.sample.enabled" })
	void leavesAnApplicationAloneThatHasNoConnector(String other) {
		this.environment.withProperty("mega.connectors.sample.enabled", "false").setProperty(other, "true");
		assertThat(level()).isNull();
	}

	@Test
	void leavesAnApplicationAloneThatDoesNotConfigureMega() {
		assertThat(level()).isNull();
	}

	@Test
	void whatIsConfiguredWins() {
		this.environment.withProperty("mega.connectors.sample.enabled", "true").setProperty(LEVEL, "debug");
		assertThat(level()).isEqualTo("debug");
	}

	private String level() {
		new LogDefaults().postProcessEnvironment(this.environment, new SpringApplication());
		return this.environment.getProperty(LEVEL);
	}

}
