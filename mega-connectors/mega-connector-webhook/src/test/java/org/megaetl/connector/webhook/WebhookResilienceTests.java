package org.megaetl.connector.webhook;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a sender meets when the database, another sender or the application itself does
 * not do its part.
 */
class WebhookResilienceTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static TestClient client;

	@BeforeAll
	static void start() {
		database = TestDatabase.createWithOwnServer();
		application = startApplication("--mega.connectors.webhook.response-timeout=5s");
		client = client(application);
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	private static ConfigurableApplicationContext startApplication(String... args) {
		return new SpringApplicationBuilder(WebhookTestApplication.class, SmallSendBuffer.class).run(Stream
			.of(Stream.of(database.toProperties()).map("--"::concat), Stream.of(args),
					Stream.of("--server.port=0", "--mega.connectors.webhook.enabled=true",
							"--mega.connectors.webhook.inbound.raw.path=/",
							"--mega.connectors.webhook.inbound.raw.transformer=raw",
							"--mega.connectors.webhook.inbound.direct.path=/direct",
							"--mega.connectors.webhook.inbound.direct.transformer=direct"))
			.flatMap((values) -> values)
			.toArray(String[]::new));
	}

	private static TestClient client(ConfigurableApplicationContext application) {
		return new TestClient(port(application));
	}

	private static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@Test
	void refusesEventsAtOnceWhileTheDatabaseIsAwayAndTakesThemWhenItIsBack() throws Exception {
		assertThat(client.post("/", "before").statusCode()).isEqualTo(200);
		database.server().stop();
		assertUnavailable(client.post("/", "first"));
		for (int i = 0; i < 50; i++) {
			long begin = System.nanoTime();
			assertUnavailable(client.post("/", "away"));
			// or it would have waited for a connection
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
		}
		assertThat(client.post("/", "skip").statusCode()).isEqualTo(503);
		assertThat(client.send(client.request("/actuator/health/liveness").GET()).statusCode()).isEqualTo(200);
		database.server().start();
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(client.post("/", "after").statusCode()).isEqualTo(200));
		assertThat(count("before")).isEqualTo(1);
		assertThat(count("after")).isEqualTo(1);
		assertThat(count("away")).isZero();
	}

	private static void assertUnavailable(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("urn:mega:problem:unavailable").doesNotContain("jdbc", "127.0.0.1");
	}

	@Test
	void doesNotLetASenderWaitForeverForASlowDatabase() throws Exception {
		try (Connection lock = lockDatabase()) {
			HttpResponse<String> response = client.post("/", "late");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
			assertThat(response.body()).contains("urn:mega:problem:timeout", "5000 ms");
			assertThat(count("late")).isZero();
		}
		await().untilAsserted(() -> assertThat(count("late")).isEqualTo(1));
		assertThat(client.post("/", "next").statusCode()).isEqualTo(200);
	}

	@Test
	void aThreadOfTheServersWritesALoneEventAndReadsOthersWhileItWaits() throws Exception {
		assertThat(client.post("/direct", "lone").statusCode()).isEqualTo(200);
		assertThat(JdbcClient.create(database.dataSource())
			.sql("SELECT thread FROM payloads WHERE body = 'lone'")
			.query(String.class)
			.single()).contains("-exec-");
		ConfigurableApplicationContext small = startApplication("--mega.namespace=small",
				"--server.tomcat.threads.max=4", "--mega.connectors.webhook.response-timeout=2s");
		try (small) {
			TestClient sender = client(small);
			assertThat(sender.post("/", "before").statusCode()).isEqualTo(200);
			List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
			try (Connection lock = lockDatabase()) {
				for (int i = 0; i < 20; i++) {
					responses.add(sender.postAsync((i % 2 == 0) ? "/" : "/direct", "stalled"));
				}
				for (CompletableFuture<HttpResponse<String>> response : responses) {
					assertThat(response.get(20, TimeUnit.SECONDS).body()).contains("urn:mega:problem:timeout");
				}
				assertThat(sender.send(sender.request("/actuator/health/liveness").GET()).statusCode()).isEqualTo(200);
			}
			await().untilAsserted(() -> assertThat(count("stalled")).isEqualTo(20));
		}
	}

	@Test
	void doesNotLetStalledSendersStopOthers() throws Exception {
		int requests = 500;
		byte[] request = "POST /direct HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nreject".repeat(requests)
			.getBytes(StandardCharsets.US_ASCII);
		List<Socket> stalled = new ArrayList<>();
		try {
			for (int i = 0; i < 8; i++) {
				Socket socket = new Socket();
				stalled.add(socket);
				socket.setReceiveBufferSize(4096);
				socket.connect(new InetSocketAddress("localhost", port(application)));
				socket.getOutputStream().write(request);
			}
			for (int i = 0; i < 200; i++) {
				assertThat(client.post("/direct", "not stalled").statusCode()).isEqualTo(200);
			}
			// answers that nobody reads have stopped all eight on the way
			assertThat(rejected()).isBetween(8.0, 8.0 * requests / 2);
		}
		finally {
			for (Socket socket : stalled) {
				socket.close();
			}
		}
	}

	private static double rejected() {
		return application.getBean(MeterRegistry.class)
			.get("mega.events")
			.tag("pipeline", "webhook.direct")
			.tag("outcome", "rejected")
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	@Test
	void answersThoseWaitingBeforeItStops() throws Exception {
		ConfigurableApplicationContext stopping = startApplication("--mega.namespace=stopping");
		CompletableFuture<HttpResponse<String>> response;
		CompletableFuture<Void> stop;
		try (Connection lock = lockDatabase()) {
			response = client(stopping).postAsync("/", "last");
			await().until(() -> isWaitingForLock(lock));
			stop = CompletableFuture.runAsync(stopping::close);
			int port = port(stopping);
			await().untilAsserted(() -> assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> new Socket("localhost", port).close()));
			assertThat(response).isNotDone();
		}
		assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		assertThat(count("last")).isEqualTo(1);
		stop.get(20, TimeUnit.SECONDS);
	}

	private static int count(String body) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT COUNT(*) FROM payloads WHERE body = ?")
			.param(body)
			.query(Integer.class)
			.single();
	}

	/**
	 * Makes every write wait until the connection is closed.
	 */
	private static Connection lockDatabase() throws SQLException {
		Connection connection = database.dataSource().getConnection();
		try (Statement statement = connection.createStatement()) {
			statement.execute("FLUSH TABLES WITH READ LOCK");
		}
		return connection;
	}

	private static boolean isWaitingForLock(Connection connection) throws SQLException, IOException {
		try (Statement statement = connection.createStatement()) {
			return statement
				.executeQuery(
						"SELECT 1 FROM information_schema.processlist WHERE info LIKE 'INSERT INTO mega_checkpoint%'")
				.next();
		}
	}

	/**
	 * Makes the server notice soon that nobody reads its answers.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SmallSendBuffer {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallSendBuffer() {
			return (factory) -> factory
				.addConnectorCustomizers((connector) -> connector.setProperty("socket.txBufSize", "4096"));
		}

	}

}
