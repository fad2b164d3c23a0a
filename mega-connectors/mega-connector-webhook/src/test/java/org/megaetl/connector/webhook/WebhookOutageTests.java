package org.megaetl.connector.webhook;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Ten thousand events, a thousand at a time, and a database that is killed in the middle.
 */
class WebhookOutageTests {

	private static final int EVENTS = 10_000;

	private static final int SENDERS = 1000;

	private static final Executor later = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	/** The body of each event that was answered with 200. */
	private final Map<String, String> answers = new ConcurrentHashMap<>();

	@Test
	void answersForWhatIsStoredAndForNothingElse() throws Exception {
		try (TestDatabase database = TestDatabase.createWithOwnServer();
				ConfigurableApplicationContext application = run(database)) {
			TestClient client = new TestClient(
					application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
			List<CompletableFuture<?>> senders = new ArrayList<>();
			for (int i = 0; i < SENDERS; i++) {
				senders.add(sendNext(client));
			}
			await().atMost(Duration.ofMinutes(1)).until(() -> this.accepted.get() > EVENTS / 3);
			database.server().kill();
			List<String> acceptedBefore = List.copyOf(this.answers.keySet());
			await().atMost(Duration.ofMinutes(1)).until(() -> this.refused.get() > SENDERS / 2);
			database.server().start();
			assertThat(count(database)).as("rows right after the database is back")
				.containsKeys(acceptedBefore.toArray(String[]::new));
			CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(2, TimeUnit.MINUTES);

			Map<String, Integer> rows = count(database);
			assertThat(this.refused.get()).isPositive();
			assertThat(rows.values()).as("no event twice").containsOnly(1);
			assertThat(rows.keySet()).as("every 200 has a row").containsAll(this.answers.keySet());
			assertThat(rows.keySet()).as("no row without its event").allMatch((body) -> body.matches("event \\d+"));
			// each tenth is never sent again, and may be there or not
			assertThat(this.answers).hasSizeBetween(EVENTS * 9 / 10, EVENTS);
		}
	}

	private CompletableFuture<?> sendNext(TestClient client) {
		int number = this.next.getAndIncrement();
		if (number >= EVENTS) {
			return CompletableFuture.completedFuture(null);
		}
		return send(client, number).thenCompose((done) -> sendNext(client));
	}

	private CompletableFuture<?> send(TestClient client, int number) {
		String body = "event " + number;
		return client
			.sendAsync(client.request("/")
				.timeout(Duration.ofMinutes(1))
				.header("Idempotency-Key", Integer.toString(number))
				.POST(BodyPublishers.ofString(body)))
			.thenCompose((response) -> answered(client, number, body, response));
	}

	private CompletableFuture<?> answered(TestClient client, int number, String body, HttpResponse<String> response) {
		if (response.statusCode() == 200) {
			this.answers.put(body, response.body());
			this.accepted.incrementAndGet();
			return CompletableFuture.completedFuture(null);
		}
		assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
		this.refused.incrementAndGet();
		if (number % 10 == 0) {
			return CompletableFuture.completedFuture(null);
		}
		return CompletableFuture.supplyAsync(() -> send(client, number), later).thenCompose((sent) -> sent);
	}

	private static Map<String, Integer> count(TestDatabase database) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT CONVERT(body USING utf8mb4) FROM payloads")
			.query(String.class)
			.list()
			.stream()
			.collect(Collectors.toMap((body) -> body, (body) -> 1, Integer::sum));
	}

	private static ConfigurableApplicationContext run(TestDatabase database) {
		List<String> args = new ArrayList<>(List.of("--server.port=0", "--mega.connectors.webhook.enabled=true",
				"--mega.connectors.webhook.response-timeout=20s", "--mega.connectors.webhook.inbound.raw.path=/",
				"--mega.connectors.webhook.inbound.raw.transformer=raw",
				"--mega.connectors.webhook.inbound.raw.event-id=Idempotency-Key"));
		for (String property : database.toProperties()) {
			args.add("--" + property);
		}
		return new SpringApplicationBuilder(WebhookTestApplication.class).run(args.toArray(String[]::new));
	}

}
