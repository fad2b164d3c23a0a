package org.megaetl.connector.webhook;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookDefaultsTests {

	private final SpringApplicationBuilder application = new SpringApplicationBuilder(Nothing.class)
		.web(WebApplicationType.NONE);

	@Test
	void listensOnPort3344() {
		try (ConfigurableApplicationContext context = this.application.run()) {
			assertDefaults(context.getEnvironment(), "3344", "true");
			assertThat(context.getEnvironment().getProperty("server.http2.enabled")).isEqualTo("true");
			assertThat(context.getEnvironment().getProperty("server.tomcat.connection-timeout")).isEqualTo("20s");
		}
	}

	@Test
	void leavesWhatIsConfigured() {
		try (ConfigurableApplicationContext context = this.application.run("--server.port=1",
				"--spring.mvc.problemdetails.enabled=false")) {
			assertDefaults(context.getEnvironment(), "1", "false");
		}
	}

	@Test
	void leavesTheDefaultsOfTheApplication() {
		try (ConfigurableApplicationContext context = this.application.properties(Map.of("server.port", "2")).run()) {
			assertDefaults(context.getEnvironment(), "2", "true");
		}
	}

	@Test
	void leavesWhatAPropertySourceOfTheApplicationSays() {
		try (ConfigurableApplicationContext context = this.application.sources(WithPropertySource.class).run()) {
			assertDefaults(context.getEnvironment(), "3", "true");
		}
	}

	private static void assertDefaults(Environment environment, String port, String problemDetails) {
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
