package org.megaetl.connector.webhook;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookDefaultsTests {

	private static final String ENABLED = "--mega.connectors.webhook.enabled=true";

	private final SpringApplicationBuilder application = new SpringApplicationBuilder(Nothing.class)
		.web(WebApplicationType.NONE);

	@Test
	void listensOnPort3344() {
		try (ConfigurableApplicationContext context = this.application.run(ENABLED)) {
			assertDefaults(context.getEnvironment(), "3344", "true");
			assertThat(context.getEnvironment().getProperty("server.http2.enabled")).isEqualTo("true");
			assertThat(context.getEnvironment().getProperty("server.tomcat.connection-timeout")).isEqualTo("20s");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--mega.connectors.webhook.enabled=false", "--mega.connectors.kafka.enabled=true" })
	void leavesAnApplicationAloneThatHasNoWebhook(String argument) {
		try (ConfigurableApplicationContext context = this.application.run(argument)) {
			assertDefaults(context.getEnvironment(), null, null);
			assertThat(context.getEnvironment().getProperty("spring.mvc.formcontent.filter.enabled")).isNull();
		}
	}

	@Test
	void knowsWhatAConfigurationFileEnables() {
		try (ConfigurableApplicationContext context = this.application
			.run("--spring.config.location=classpath:org/megaetl/connector/webhook/enabled.properties")) {
			assertDefaults(context.getEnvironment(), "3344", "true");
		}
	}

	@Test
	void leavesWhatIsConfigured() {
		try (ConfigurableApplicationContext context = this.application.run(ENABLED, "--server.port=1",
				"--spring.mvc.problemdetails.enabled=false")) {
			assertDefaults(context.getEnvironment(), "1", "false");
		}
	}

	@Test
	void leavesTheDefaultsOfTheApplication() {
		try (ConfigurableApplicationContext context = this.application.properties(Map.of("server.port", "2"))
			.run(ENABLED)) {
			assertDefaults(context.getEnvironment(), "2", "true");
		}
	}

	@Test
	void leavesWhatAPropertySourceOfTheApplicationSays() {
		try (ConfigurableApplicationContext context = this.application.sources(WithPropertySource.class).run(ENABLED)) {
			assertDefaults(context.getEnvironment(), "3", "true");
		}
	}

	private static void assertDefaults(Environment environment, @Nullable String port,
			@Nullable String problemDetails) {
		assertThat(environment.getProperty("server.port")).isEqualTo(port);
		assertThat(environment.getProperty("spring.mvc.problemdetails.enabled")).isEqualTo(problemDetails);
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@PropertySource("classpath:org/megaetl/connector/webhook/port.properties")
	static class WithPropertySource {

	}

}
