package org.megaetl.app;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Plants a secret wherever one can be configured, and looks for it wherever somebody
 * could read it.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

	private static final String SECRET = "s3cr3t-Qx7";

	@TempDir
	private Path directory;

	@Test
	void noEndpointAndNoLineOfTheLogHasASecret(CapturedOutput output) throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			database.execute(OperatedApplication.TABLE,
					"CREATE USER IF NOT EXISTS planted IDENTIFIED BY '%s-database'".formatted(SECRET),
					"GRANT ALL ON *.* TO planted");
			try (OperatedApplication application = OperatedApplication.start(database, properties(database))) {
				provoke(application, output);
				for (String path : readable(application)) {
					HttpResponse<String> response = application.get(path, operator());
					assertThat(response.body()).as(path).doesNotContain(SECRET);
					assertThat(response.headers().map().toString()).as(path).doesNotContain(SECRET);
				}
				assertThat(application.get("/env", operator()).body()).contains("spring.security.user.password");
			}
		}
		assertThat(output.getAll()).isNotEmpty().doesNotContain(SECRET);
	}

	@Test
	void noErrorOfAStartHasASecret(CapturedOutput output) {
		try (TestDatabase database = TestDatabase.create()) {
			assertThat(catchThrowable(() -> OperatedApplication
				.start(database, "mega.schema.wait-for-database=0s",
						"spring.datasource.url=" + database.jdbcUrl() + "?user=x&password=" + SECRET,
						"spring.datasource.password=" + SECRET)
				.close())).isNotNull();
			assertThat(
					catchThrowable(
							() -> OperatedApplication
								.start(database,
										OperatedApplication.all(OperatedApplication.webhook(),
												new String[] { "mega.connectors.webhook.inbound.orders.auth=basic",
														"mega.connectors.webhook.inbound.orders.secrets=" + SECRET }))
								.close()))
				.isNotNull();
			assertThat(
					catchThrowable(() -> OperatedApplication
						.start(database, "mega.connectors.ethereum.enabled=true",
								"mega.connectors.ethereum.inbound.orders.transformer=none",
								"mega.connectors.ethereum.inbound.orders.endpoints=ht tp://u:" + SECRET
										+ "@localhost:1/")
						.close()))
				.isNotNull();
		}
		try (TestDatabase database = TestDatabase.create()) {
			assertThat(
					catchThrowable(
							() -> OperatedApplication
								.start(database,
										"management.otlp.metrics.export.url=http://u:" + SECRET
												+ "@localhost:1/v1/metrics")
								.close()))
				.isNotNull();
		}
		assertThat(output.getAll())
			.contains("'management.otlp.metrics.export.url' has a user, which would be written to the log");
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START").doesNotContain(SECRET);
	}

	/**
	 * Returns properties with a secret in each that may hold one. What they are used for
	 * is away, which is an error that the application reports.
	 */
	private String[] properties(TestDatabase database) throws Exception {
		Path file = Files.writeString(this.directory.resolve("secrets"), SECRET + "-file-of-the-webhook");
		String kafka = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"%s\";"
			.formatted(SECRET);
		List<String> properties = new ArrayList<>(List.of("management.endpoints.web.exposure.include=*",
				"management.endpoint.env.show-values=always", "management.endpoint.configprops.show-values=always",
				"management.endpoint.health.show-details=always", "management.endpoint.heapdump.access=none",
				"spring.security.user.name=operator", "spring.security.user.password=" + SECRET + "-user",
				// where all arguments and options are once more
				"sun.java.command=app.jar --spring.data.redis.password=" + SECRET,
				"JAVA_TOOL_OPTIONS=-Dserver.ssl.key-store-password=" + SECRET,
				"spring.application.json={\"a\":{\"password\":\"%s\"}}".formatted(SECRET),
				"management.opentelemetry.tracing.export.otlp.endpoint=http://u:" + SECRET + "@localhost:1/v1/traces",
				"management.opentelemetry.tracing.export.otlp.headers.X-Tenant=" + SECRET,
				"management.opentelemetry.tracing.export.schedule-delay=100ms",
				"management.tracing.sampling.probability=1",
				"management.otlp.metrics.export.url=http://localhost:1/v1/metrics",
				"management.otlp.metrics.export.headers.X-Tenant=" + SECRET, "management.otlp.metrics.export.step=2s",
				"DATABASE_URL="
						+ database.jdbcUrl().replace("jdbc:mysql://", "mysql://planted:" + SECRET + "-database@"),
				"mega.connectors.webhook.inbound.signed.path=/signed",
				"mega.connectors.webhook.inbound.signed.transformer=order",
				"mega.connectors.webhook.inbound.signed.auth=github",
				"mega.connectors.webhook.inbound.signed.secrets=" + SECRET + "-of-the-webhook",
				"mega.connectors.webhook.inbound.filed.path=/filed",
				"mega.connectors.webhook.inbound.filed.transformer=order",
				"mega.connectors.webhook.inbound.filed.auth=bearer",
				"mega.connectors.webhook.inbound.filed.secret-file=" + file, "mega.connectors.kafka.enabled=true",
				"mega.connectors.kafka.inbound.orders.topics=orders",
				"mega.connectors.kafka.inbound.orders.transformer=order",
				"mega.connectors.kafka.inbound.orders.schema-registry=http://u:" + SECRET + "@localhost:1",
				"mega.connectors.kafka.inbound.orders.properties.[ssl.key.password]=" + SECRET,
				"spring.kafka.bootstrap-servers=localhost:1",
				"spring.kafka.properties.[security.protocol]=SASL_PLAINTEXT",
				"spring.kafka.properties.[sasl.mechanism]=PLAIN", "spring.kafka.properties.[sasl.jaas.config]=" + kafka,
				"spring.kafka.ssl.key-store-password=" + SECRET, "mega.connectors.redis.enabled=true",
				"mega.connectors.redis.inbound.orders.stream=orders",
				"mega.connectors.redis.inbound.orders.transformer=order", "spring.data.redis.host=localhost",
				"spring.data.redis.port=1", "spring.data.redis.password=" + SECRET,
				"mega.connectors.redis.inbound.others.list=others",
				"mega.connectors.redis.inbound.others.transformer=order",
				"mega.connectors.redis.inbound.others.connection.url=redis://user:" + SECRET + "@localhost:1",
				"mega.connectors.ethereum.enabled=true",
				"mega.connectors.ethereum.inbound.orders.endpoints=http://u:" + SECRET + "@localhost:1/v3/" + SECRET,
				"mega.connectors.ethereum.inbound.orders.websocket=WS://localhost:1/ws/v3/" + SECRET,
				"mega.connectors.ethereum.inbound.orders.headers.X-Api-Key=" + SECRET,
				"mega.connectors.ethereum.inbound.orders.request-timeout=1s",
				"mega.connectors.ethereum.inbound.orders.transformer=order"));
		properties.addAll(List.of(OperatedApplication.webhook()));
		return properties.toArray(String[]::new);
	}

	private static void provoke(OperatedApplication application, CapturedOutput output) {
		application.order(1, "5", "Authorization", "Bearer " + SECRET);
		application.order(2, "null", "Authorization", "Bearer " + SECRET, "Cookie", SECRET);
		application.order(3, "{");
		application.write("POST", "/mega/webhook.orders", "{\"state\":\"x\"}", operator());
		application.write("POST", "/megapositions/webhook.orders", "{\"key\":\"k\",\"position\":\"1\"}", operator());
		application.write("POST", "/megadeadletters", "{\"limit\":\"-1\"}", operator());
		application.get("/mega", "Authorization", "Bearer " + SECRET);
		for (String path : List.of("/signed", "/filed")) {
			OperatedApplication.send("POST", "http://localhost:" + application.port() + path, "{}", "Authorization",
					"Bearer " + SECRET, "X-Hub-Signature-256", "sha256=" + SECRET);
		}
		await().atMost(Duration.ofSeconds(60)).until(() -> output.getAll().contains("Failed to publish metrics"));
		await().atMost(Duration.ofSeconds(60))
			.until(() -> application.get("/health/mega/redis.orders").body().contains("RETRYING")
					&& application.get("/health/mega/ethereum.orders").body().contains("RETRYING"));
	}

	private static String[] operator() {
		return new String[] { "Authorization",
				"Basic " + Base64.getEncoder().encodeToString(("operator:" + SECRET + "-user").getBytes()) };
	}

	private static List<String> readable(OperatedApplication application) {
		List<String> paths = new ArrayList<>(
				List.of("", "/megadeadletters/export", "/mega/webhook.signed", "/env/DATABASE_URL",
						"/env/spring.datasource.password", "/env/mega.connectors.ethereum.inbound.orders.endpoints",
						"/env/mega.connectors.ethereum.inbound.orders.websocket"));
		for (ExposableWebEndpoint endpoint : application.context().getBean(WebEndpointsSupplier.class).getEndpoints()) {
			for (WebOperation operation : endpoint.getOperations()) {
				String path = operation.getRequestPredicate().getPath();
				if (operation.getType().name().equals("READ") && !path.contains("{") && !path.equals("heapdump")) {
					paths.add("/" + path);
				}
			}
		}
		assertThat(paths).contains("/env", "/configprops", "/mega", "/prometheus", "/threaddump", "/beans");
		return paths;
	}

}
