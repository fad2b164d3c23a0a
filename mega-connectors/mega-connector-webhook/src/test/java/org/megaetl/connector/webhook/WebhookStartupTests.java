package org.megaetl.connector.webhook;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * How an application starts with this or that configuration.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookStartupTests {

	private static TestDatabase database;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	private static ConfigurableApplicationContext start(String... args) {
		return new SpringApplicationBuilder(WebhookTestApplication.class).run(Stream
			.of(Stream.of(database.toProperties()).map("--"::concat),
					Stream.of("--server.port=0", "--mega.connectors.webhook.enabled=true",
							"--mega.connectors.webhook.inbound.raw.path=/",
							"--mega.connectors.webhook.inbound.raw.transformer=raw"),
					Stream.of(args))
			.flatMap((values) -> values)
			.toArray(String[]::new));
	}

	private static TestClient client(ConfigurableApplicationContext context, String property) {
		return new TestClient(context.getEnvironment().getRequiredProperty(property, Integer.class));
	}

	@Test
	void saysWhereToPost(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start("--server.servlet.context-path=/in")) {
			String url = "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/in/";
			assertThat(output).contains("Pipeline webhook.raw: POST " + url + " -> transformer 'raw'",
					"curl " + url + " -X POST -d");
		}
	}

	@Test
	void takesEventsUnderTheContextPath() throws Exception {
		try (ConfigurableApplicationContext context = start("--server.servlet.context-path=/in",
				"--mega.connectors.webhook.inbound.more.path=/more",
				"--mega.connectors.webhook.inbound.more.transformer=raw")) {
			TestClient client = client(context, "local.server.port");
			assertThat(client.post("/in/", "1").statusCode()).isEqualTo(200);
			assertThat(client.post("/in/more", "1").statusCode()).isEqualTo(200);
			assertThat(client.post("/", "1").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void takesNoEventsOnThePortOfTheActuator() throws Exception {
		try (ConfigurableApplicationContext context = start("--management.server.port=0",
				"--mega.connectors.webhook.inbound.actuator.path=/actuator",
				"--mega.connectors.webhook.inbound.actuator.transformer=raw")) {
			assertThat(client(context, "local.management.port").post("/", "1").statusCode()).isEqualTo(404);
			assertThat(client(context, "local.server.port").post("/", "1").statusCode()).isEqualTo(200);
			assertThat(client(context, "local.server.port").post("/actuator", "1").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void storesNothingWhenAFilterTookTheBody() throws Exception {
		try (ConfigurableApplicationContext context = start("--spring.mvc.hiddenmethod.filter.enabled=true",
				"--mega.connectors.webhook.inbound.form.path=/form",
				"--mega.connectors.webhook.inbound.form.transformer=raw")) {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			int before = jdbc.sql("SELECT COUNT(*) FROM payloads").query(Integer.class).single();
			TestClient client = client(context, "local.server.port");
			HttpResponse<String> response = client.send(client.request("/form")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString("a=1")));
			assertThat(response.statusCode()).isEqualTo(500);
			assertThat(jdbc.sql("SELECT COUNT(*) FROM payloads").query(Integer.class).single()).isEqualTo(before);
		}
	}

	@Test
	void reportsAMistakeWithoutNoise(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--mega.connectors.webhook.inbound.more.path=/more",
				"--mega.connectors.webhook.inbound.more.transformer=rwa"));
		assertThat(output).contains("APPLICATION FAILED TO START",
				"'mega.connectors.webhook.inbound.more.transformer' names the transformer 'rwa'", "Did you mean 'raw'?")
			.doesNotContain("Error starting Tomcat");
	}

}
