package org.megaetl.config;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.support.SystemEnvironmentPropertySourceEnvironmentPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnknownKeysCheck}.
 */
class UnknownKeysCheckTests {

	private static final String INBOUND = "mega.connectors.sample.inbound.orders.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConfigurationChecksAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "mega.connectors.sample.enabled=false", "mega.connectors.sample.enabled=wrong",
			INBOUND + "path=/", INBOUND + "poll-interval=1s", INBOUND + "pollInterval=1s", INBOUND + "POLL_INTERVAL=1s",
			INBOUND + "poll-interval=wrong", INBOUND + "topics=a,b", INBOUND + "topics[0]=a",
			INBOUND + "routes[0].from-path=/", INBOUND + "routes[0].fromPath=/", INBOUND + "headers.anything=goes",
			INBOUND + "headers.any.thing=goes", INBOUND + "path=${missing}",
			"mega.connectors.sample.inbound[my.orders].path=/", "mega.connectors.sample=",
			"mega.connectors.sample.inbound=", "mega.sink.jdbc.unknown-parameters=fail", "megalomania.enabled=true",
			"mega=", "example.mega.nonsense=1" })
	void acceptsWhatBinds(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(
			textBlock = """
					mega.conectors.sample.enabled,mega.connectors.sample.enabled
					mega.conectors.sample.inbound.orders.path,mega.connectors.sample.inbound.orders.path
					mega.connectors.sampel.inbound.orders.path,mega.connectors.sample.inbound.orders.path
					mega.connectors.sample.enable,mega.connectors.sample.enabled
					mega.connectors.sample.inbound.orders.paht,mega.connectors.sample.inbound.orders.path
					mega.connectors.sample.inbound.orders.pollIntervall,mega.connectors.sample.inbound.orders.poll-interval
					mega.connectors.sample.inbound.orders.topic[0],mega.connectors.sample.inbound.orders.topics[0]
					mega.connectors.sample.inbound.orders.routes[0].from-pat,mega.connectors.sample.inbound.orders.routes[0].from-path
					mega.sink.jdbc.unknown-parameter,mega.sink.jdbc.unknown-parameters
					""")
	void refusesWhatIsMisspelt(String wrong, String right) {
		this.runner.withPropertyValues(wrong + "=hunter2").run((context) -> {
			InvalidConfigurationException failure = failure(context.getStartupFailure());
			assertThat(failure.getDescription()).contains("    " + wrong + " (").doesNotContain("hunter2");
			assertThat(failure.getAction()).contains("Write '" + right + "' instead of '" + wrong + "'.");
		});
	}

	@Test
	void namesTheAlternativesWhereNothingIsNear() {
		this.runner.withPropertyValues(INBOUND + "concurrency=2")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.startsWith("Remove '" + INBOUND + "concurrency'. What is known in its place: " + INBOUND + "headers, ")
				.endsWith(INBOUND + "transformer."));
	}

	@Test
	void refusesAKeyBelowAValue() {
		this.runner.withPropertyValues(INBOUND + "path.bytes=/")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.isEqualTo("Remove '" + INBOUND + "path.bytes'."));
	}

	@Test
	void refusesAGroupWithAValue() {
		this.runner.withPropertyValues("mega.connectors.sample=true")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.isEqualTo("Remove 'mega.connectors.sample', which is a group of keys and has no value itself."));
	}

	@Test
	void reportsAllAtOnce() {
		this.runner.withPropertyValues(INBOUND + "paht=/", "mega.sink.jdbc.unknown-parameter=fail").run((context) -> {
			InvalidConfigurationException failure = failure(context.getStartupFailure());
			assertThat(failure.getDescription()).contains(INBOUND + "paht")
				.contains("mega.sink.jdbc.unknown-parameter");
			assertThat(failure.getAction()).contains(INBOUND + "path").contains("mega.sink.jdbc.unknown-parameters");
		});
	}

	@Test
	void namesTheMissingModuleOfAConnectorOnce() {
		this.runner
			.withPropertyValues("mega.connectors.ethereum.enabled=true",
					"mega.connectors.ethereum.inbound.transfers.start=0")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.isEqualTo("Add the dependency org.megaetl:mega-connector-ethereum for 'mega.connectors.ethereum', "
						+ "or remove the keys below it."));
	}

	@Test
	void acceptsAListThatAnotherSourceReplaces() {
		this.runner.withPropertyValues(INBOUND + "topics[0]=a", INBOUND + "topics[1]=b")
			.withSystemProperties(INBOUND + "topics=c")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void acceptsClassesOfTheApplicationBelowTheRoot() {
		this.runner.withUserConfiguration(UserConfiguration.class)
			.withPropertyValues("mega.custom.some-key=1", "mega.custom.nested.some-key=1", "mega.method.size=3")
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withUserConfiguration(UserConfiguration.class)
			.withPropertyValues("mega.custom.nested.some-kye=1", "mega.method.siez=3")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.contains("'mega.custom.nested.some-key'")
				.contains("'mega.method.size'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "MEGA_CONNECTORS_SAMPLE_ENABLED", "MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_PATH",
			"MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_POLLINTERVAL", "MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_POLL_INTERVAL",
			"MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_TOPICS_0", "MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_ROUTES_0_FROMPATH",
			"MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_HEADERS_ANY", "MEGA_SINK_JDBC_UNKNOWN_PARAMETERS", "MEGAPHONE_ON",
			"MEGA_SERVICE_HOST", "MEGA_SERVICE_PORT", "MEGA_SERVICE_PORT_HTTP", "MEGA_PORT", "MEGA_PORT_3344_TCP",
			"MEGA_PORT_3344_TCP_ADDR", "MEGA_WEBHOOK_SERVICE_HOST", "MEGA_WEBHOOK_PORT_80_TCP_PROTO" })
	void acceptsEnvironmentVariables(String variable) {
		withVariable(variable, "warn").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_PAHT,MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_PATH",
			"MEGA_SINK_JDBC_UNKNOWN_PARAMETER,MEGA_SINK_JDBC_UNKNOWNPARAMETERS",
			"MEGA_CONECTORS_SAMPLE_ENABLED,MEGA_CONNECTORS_SAMPLE_ENABLED" })
	void refusesMisspeltEnvironmentVariables(String wrong, String right) {
		withVariable(wrong, "hunter2").run((context) -> {
			InvalidConfigurationException failure = failure(context.getStartupFailure());
			assertThat(failure.getDescription()).contains(wrong + " (System Environment Property \"" + wrong + "\")")
				.doesNotContain("hunter2");
			assertThat(failure.getAction()).isEqualTo("Write '" + right + "' instead of '" + wrong + "'.");
		});
	}

	@Test
	void suggestsNoVariableThatOnlyBeginsAlike() {
		withVariable("MEGA_CONNECTORS_SAMPLE_INBOUND_ORDERS_CONCURRENCY", "2")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction()).startsWith("Remove"));
	}

	@Test
	void namesTheMissingModuleForAnEnvironmentVariable() {
		withVariable("MEGA_CONNECTORS_ETHEREUM_ENABLED", "true")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getAction())
				.contains("org.megaetl:mega-connector-ethereum"));
	}

	private ApplicationContextRunner withVariable(String name, String value) {
		return this.runner.withInitializer((context) -> {
			ConfigurableEnvironment environment = context.getEnvironment();
			environment.getPropertySources()
				.replace("systemEnvironment",
						new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, value)));
			new SystemEnvironmentPropertySourceEnvironmentPostProcessor().postProcessEnvironment(environment,
					new SpringApplication());
		});
	}

	private static InvalidConfigurationException failure(Throwable failure) {
		assertThat(failure).isInstanceOf(InvalidConfigurationException.class);
		return (InvalidConfigurationException) failure;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(CustomProperties.class)
	static class UserConfiguration {

		@Bean
		@ConfigurationProperties("mega.method")
		MethodProperties methodProperties() {
			return new MethodProperties();
		}

	}

	@ConfigurationProperties("mega.custom")
	static class CustomProperties {

		private String someKey = "";

		private final Nested nested = new Nested();

		public String getSomeKey() {
			return this.someKey;
		}

		public void setSomeKey(String someKey) {
			this.someKey = someKey;
		}

		public Nested getNested() {
			return this.nested;
		}

		public static class Nested {

			private int someKey;

			public int getSomeKey() {
				return this.someKey;
			}

			public void setSomeKey(int someKey) {
				this.someKey = someKey;
			}

		}

	}

	static class MethodProperties {

		private int size;

		public int getSize() {
			return this.size;
		}

		public void setSize(int size) {
			this.size = size;
		}

	}

}
