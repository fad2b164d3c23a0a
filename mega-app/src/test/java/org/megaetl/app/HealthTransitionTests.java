package org.megaetl.app;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.LocalServer;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.devservices.TestRedis;
import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;
import org.megaetl.test.Anvil;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What health says while each of the servers is away, and when it is back.
 */
class HealthTransitionTests {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static TestDatabase database;

	private static TestKafka kafka;

	private static TestRedis redis;

	private static OperatedApplication application;

	@BeforeAll
	static void start() {
		database = TestDatabase.createWithOwnServer();
		database.execute(OperatedApplication.TABLE);
		kafka = TestKafka.createWithOwnServer(Map.of());
		kafka.createTopics(List.of("orders"));
		redis = TestRedis.createWithOwnServer();
		application = OperatedApplication.start(database, OperatedApplication.all(OperatedApplication.webhook(),
				OperatedApplication.user(), redis.toProperties(),
				new String[] { "mega.connectors.redis.enabled=true",
						"spring.main.sources=" + StuckTransformer.class.getName(), "mega.transform.timeout=3s",
						"mega.transform.grace=1s", "mega.connectors.webhook.inbound.stuck.path=/stuck",
						"mega.connectors.webhook.inbound.stuck.transformer=healthTransitionTests.StuckTransformer",
						"mega.connectors.redis.inbound.orders.stream=orders",
						"mega.connectors.redis.inbound.orders.transformer=order", "mega.connectors.kafka.enabled=true",
						"mega.connectors.kafka.inbound.orders.topics=orders",
						"mega.connectors.kafka.inbound.orders.transformer=order",
						"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers() }));
		awaitHealth("webhook.orders", "UP");
		awaitHealth("kafka.orders", "UP");
		awaitHealth("redis.orders", "UP");
	}

	@AfterAll
	static void stop() {
		application.close();
		redis.close();
		kafka.close();
		database.close();
	}

	@Test
	void withoutItsDatabaseTheApplicationIsReadyAndLiveAndTellsSendersToComeBack() {
		assertThat(application.order(1, "5").statusCode()).isEqualTo(200);
		database.server().stop();
		await().atMost(PATIENCE).untilAsserted(() -> {
			HttpResponse<String> refused = application.order(2, "5");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		});
		awaitHealth("webhook.orders", "DOWN");
		assertReadyAndLive();
		JsonNode details = application.read("/health/mega/webhook.orders").get("details");
		assertThat(details.get("state").asString()).isEqualTo("RETRYING");
		assertThat(details.get("lastError").asString()).isNotBlank();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(application.get("/health").statusCode()).isEqualTo(503));
		database.server().start();
		awaitHealth("webhook.orders", "UP");
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(application.get("/health").statusCode()).isEqualTo(200));
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(application.order(2, "5").statusCode()).isEqualTo(200));
		details = application.read("/health/mega/webhook.orders").get("details");
		assertThat(details.get("lastError").asString()).as("it is kept").isNotBlank();
	}

	@Test
	void withoutKafkaOnlyItsPipelineIsDown() {
		comesAndGoes(kafka.server(), "kafka.orders", "redis.orders");
	}

	@Test
	void withoutRedisOnlyItsPipelineIsDown() {
		comesAndGoes(redis.server(), "redis.orders", "kafka.orders");
	}

	@Test
	void withoutItsNodeAnEthereumPipelineIsDown() {
		int port;
		try (TestDatabase other = TestDatabase.create()) {
			other.execute(OperatedApplication.TABLE);
			Anvil node = Anvil.start("--timestamp", "1700000000");
			port = node.url().getPort();
			try (OperatedApplication chains = OperatedApplication.start(other,
					OperatedApplication.all(OperatedApplication.user(),
							new String[] { "mega.connectors.ethereum.enabled=true",
									"mega.connectors.ethereum.inbound.orders.endpoints=" + node.url(),
									"mega.connectors.ethereum.inbound.orders.poll-interval=200ms",
									"mega.connectors.ethereum.inbound.orders.request-timeout=2s",
									"mega.connectors.ethereum.inbound.orders.transformer=order" }))) {
				awaitHealth(chains, "ethereum.orders", "UP");
				node.close();
				awaitHealth(chains, "ethereum.orders", "DOWN");
				assertReadyAndLive(chains);
				// the same chain, as its first block is
				try (Anvil again = Anvil.startAt(port, "--timestamp", "1700000000")) {
					assertThat(again.url().getPort()).isEqualTo(port);
					awaitHealth(chains, "ethereum.orders", "UP");
				}
			}
			finally {
				node.close();
			}
		}
	}

	@Test
	void anApplicationWithAStuckTransformerIsReadyButNotLive() {
		String stuck = "http://localhost:" + application.port() + "/stuck";
		StuckTransformer.lock.lock();
		try {
			// the transformer has the thread that would answer
			CompletableFuture<?> unanswered = CompletableFuture
				.supplyAsync(() -> OperatedApplication.send("POST", stuck, "{}"));
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(application.get("/health/liveness").statusCode()).isEqualTo(503));
			assertThat(application.get("/health/readiness").statusCode()).isEqualTo(200);
			assertThat(application.read("/health/mega/webhook.stuck").get("details").get("reason").asString())
				.contains("the transformer has not returned", "Restart the application");
			assertThat(unanswered).isNotDone();
			assertThat(OperatedApplication.send("POST", stuck, "{}").statusCode()).isEqualTo(503);
			assertThat(application.order(3, "5").statusCode()).as("a neighbour").isEqualTo(200);
		}
		finally {
			StuckTransformer.lock.unlock();
			// what a restart does
			AvailabilityChangeEvent.publish(application.context(), LivenessState.CORRECT);
		}
		assertThat(application.get("/health/liveness").statusCode()).isEqualTo(200);
		application.write("POST", "/mega/webhook.stuck", "{\"state\":\"running\"}", OperatedApplication.OPERATOR);
		awaitHealth("webhook.stuck", "UP");
	}

	private static void comesAndGoes(LocalServer server, String pipeline, String other) {
		server.stop();
		awaitHealth(pipeline, "DOWN");
		awaitHealth(other, "UP");
		assertReadyAndLive();
		server.start();
		awaitHealth(pipeline, "UP");
	}

	private static void assertReadyAndLive() {
		assertReadyAndLive(application);
	}

	private static void assertReadyAndLive(OperatedApplication application) {
		assertThat(application.get("/health/readiness").statusCode()).isEqualTo(200);
		assertThat(application.get("/health/liveness").statusCode()).isEqualTo(200);
	}

	private static void awaitHealth(String pipeline, String status) {
		awaitHealth(application, pipeline, status);
	}

	private static void awaitHealth(OperatedApplication application, String pipeline, String status) {
		await(pipeline + " " + status).atMost(PATIENCE)
			.untilAsserted(() -> assertThat(application.get("/health/mega/" + pipeline).body())
				.isEqualTo("{\"status\":\"" + status + "\"}"));
	}

	/**
	 * Does not even return when it is interrupted.
	 */
	static class StuckTransformer implements Transformer {

		private static final ReentrantLock lock = new ReentrantLock();

		@Override
		public List<? extends SqlStatement> transform(Event event) {
			lock.lock();
			lock.unlock();
			return List.of();
		}

	}

}
