package org.megaetl.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * Webhooks that are taken while the database is away: kept in a topic, which a Kafka
 * inbound reads.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookBufferTests {

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static TestDatabase database;

	private static TestKafka kafka;

	private static ConfigurableApplicationContext application;

	private static List<String> arguments;

	@BeforeAll
	static void start() {
		database = TestDatabase.createWithOwnServer();
		// without a unique key, so that an event that is written twice shows
		database.execute(
				"CREATE TABLE notes (id INT, text VARCHAR(40), type VARCHAR(40), sender VARCHAR(40), at VARCHAR(40))");
		kafka = TestKafka.createWithOwnServer(Map.of());
		kafka.createTopics(List.of("notes"));
		List<String> args = new ArrayList<>(List.of("server.port=0", "mega.connectors.webhook.enabled=true",
				"mega.connectors.webhook.max-body-size=3MB", "mega.connectors.webhook.inbound.notes.path=/notes",
				"mega.connectors.webhook.inbound.notes.buffer=kafka",
				"mega.connectors.webhook.inbound.notes.auth=bearer",
				"mega.connectors.webhook.inbound.notes.secrets=secret",
				"mega.connectors.webhook.inbound.notes.event-id=Idempotency-Key",
				"mega.connectors.webhook.inbound.notes.format=auto", "mega.connectors.kafka.enabled=true",
				"mega.connectors.kafka.inbound.notes.topics=notes",
				"mega.connectors.kafka.inbound.notes.transformer=note",
				"mega.connectors.kafka.inbound.notes.properties[delivery.timeout.ms]=3000",
				"mega.connectors.kafka.inbound.notes.properties[request.timeout.ms]=1500",
				"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), "mega.sink.jdbc.connection-timeout=1s",
				"mega.transformers.note.type=mapping", "mega.transformers.note.table=notes",
				"mega.transformers.note.mode=insert", "mega.transformers.note.columns.id=/id",
				"mega.transformers.note.columns.text=/text", "mega.transformers.note.columns.type=header:Content-Type",
				"mega.transformers.note.columns.sender=header:mega-source",
				"mega.transformers.note.columns.at=metadata:timestamp"));
		args.addAll(List.of(database.toProperties()));
		arguments = args.stream().map((arg) -> "--" + arg).toList();
		application = new SpringApplicationBuilder(MegaApplication.class).run(arguments.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		Stream.<AutoCloseable>of(application, kafka, database).forEach((each) -> {
			try {
				each.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Test
	void takesEventsWhileTheDatabaseIsAwayAndWritesEachOnce() throws Exception {
		clear();
		database.server().stop();
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int number = 1; number <= 1000; number++) {
			answers.add(client.sendAsync(post(number, "id-" + number).build(), BodyHandlers.ofString()));
		}
		for (CompletableFuture<HttpResponse<String>> answer : answers) {
			HttpResponse<String> response = answer.join();
			assertThat(response.body()).isEqualTo("{\"status\":\"buffered\",\"pipeline\":\"kafka.notes\"}");
			assertThat(response.statusCode()).isEqualTo(202);
		}
		// as a sender does who has not seen its answer
		for (int number = 1; number <= 1000; number += 10) {
			assertThat(client.send(post(number, "id-" + number).build(), BodyHandlers.ofString()).statusCode())
				.isEqualTo(202);
		}
		database.server().start();
		// the last one, in a topic of several partitions, says nothing about the others
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("DISTINCT id")).isEqualTo(1000));
		await().atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(application.getBean(Pipelines.class).find(new PipelineName("kafka", "notes")))
						.satisfies((reader) -> assertThat(reader.source().lag()).isZero()));
		assertThat(count("*")).isEqualTo(1000);
	}

	@Test
	void writesAnEventThatIsSentAgainOnceAndWhatItsSenderSaid() throws Exception {
		clear();
		for (int attempt = 0; attempt < 20; attempt++) {
			assertThat(client.send(post(7, "seven").build(), BodyHandlers.ofString()).statusCode()).isEqualTo(202);
		}
		assertThat(client.send(post(8, "eight").build(), BodyHandlers.ofString()).statusCode()).isEqualTo(202);
		HttpRequest.Builder several = request("seven").header("Content-Type", "application/x-ndjson")
			.POST(BodyPublishers.ofString("{\"id\": 9, \"text\": \"a\"}\n{\"id\": 10, \"text\": \"b\"}"));
		HttpResponse<String> answer = client.send(several.build(), BodyHandlers.ofString());
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(answer.body()).isEqualTo("{\"status\":\"buffered\",\"events\":["
				+ "{\"status\":\"buffered\",\"eventId\":\"seven/0\"},{\"status\":\"buffered\",\"eventId\":\"seven/1\"}]}");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isEqualTo(4));
		await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> count("*") == 4);
		assertThat(JdbcClient.create(database.dataSource())
			.sql("SELECT CONCAT_WS(' ', id, type, sender) FROM notes ORDER BY id")
			.query(String.class)
			.list()).containsExactly("7 text/x-note webhook.notes", "8 text/x-note webhook.notes",
					"9 application/x-ndjson webhook.notes", "10 application/x-ndjson webhook.notes");
	}

	@Test
	void keepsNothingOfAStranger() throws Exception {
		clear();
		HttpRequest stranger = HttpRequest.newBuilder(uri()).POST(BodyPublishers.ofString("{\"id\": 1}")).build();
		assertThat(client.send(stranger, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
		// not the sender's to say
		for (int number = 2; number <= 3; number++) {
			HttpRequest pretender = post(number, "pretender-" + number).header("mega-event-id", "other")
				.header("mega-source", "other")
				.build();
			assertThat(client.send(pretender, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isEqualTo(2));
		assertThat(JdbcClient.create(database.dataSource()).sql("SELECT sender FROM notes").query(String.class).list())
			.containsOnly("webhook.notes");
	}

	/**
	 * Brokers refuse records of the future, and delete those of long ago.
	 */
	@Test
	void keepsTheTimeOfAnEventApartFromThatOfItsRecord() throws Exception {
		clear();
		String[] times = { "2019-03-04T05:06:07.089Z", "2999-03-04T05:06:07.089Z" };
		for (int i = 0; i < times.length; i++) {
			String event = "{\"specversion\":\"1.0\",\"id\":\"t%d\",\"source\":\"/s\",\"type\":\"note\",\"time\":\"%s\",\"data\":{\"id\":%d}}"
				.formatted(i, times[i], i);
			HttpResponse<String> answer = client
				.send(request("time-" + i).header("Content-Type", "application/cloudevents+json")
					.POST(BodyPublishers.ofString(event))
					.build(), BodyHandlers.ofString());
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isPositive());
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isEqualTo(2));
		assertThat(JdbcClient.create(database.dataSource())
			.sql("SELECT at FROM notes ORDER BY id")
			.query(String.class)
			.list()).containsExactly(times);
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", kafka.bootstrapServers()), new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			consumer.assign(consumer.partitionsFor("notes")
				.stream()
				.map((each) -> new TopicPartition("notes", each.partition()))
				.toList());
			consumer.seekToBeginning(consumer.assignment());
			List<Long> seen = new ArrayList<>();
			await().atMost(PATIENCE).until(() -> {
				consumer.poll(Duration.ofMillis(200)).forEach((each) -> {
					if (each.headers().lastHeader("ce-time") != null) {
						seen.add(each.timestamp());
					}
				});
				return seen.size() == 2;
			});
			assertThat(seen).allSatisfy((timestamp) -> assertThat(Instant.ofEpochMilli(timestamp))
				.isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS)));
		}
	}

	@Test
	void takesIdsOfAnyKind() throws Exception {
		clear();
		// as servers read headers: each byte a character
		for (String id : List.of("caf\u00e9", "x".repeat(6000), "%0d%0amega-event-id: y", "a\tb")) {
			for (int attempt = 0; attempt < 2; attempt++) {
				assertThat(client.send(post(1, id).build(), BodyHandlers.ofString()).statusCode()).isEqualTo(202);
			}
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isEqualTo(4));
		await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> count("*") == 4);
	}

	@Test
	void isValidatedWithoutATransformerOfItsOwn(CapturedOutput output) {
		List<String> args = new ArrayList<>(arguments);
		args.add("--mega.validate");
		new SpringApplicationBuilder(MegaApplication.class).run(args.toArray(String[]::new)).close();
		assertThat(output).contains("ok      pipeline webhook.notes: transformer 'note'", "The configuration is valid");
	}

	@Test
	void refusesWhatTheTopicDoesNotTake() throws Exception {
		HttpRequest.Builder large = request("large").POST(BodyPublishers.ofString(" ".repeat(2_000_000)));
		HttpResponse<String> answer = client.send(large.build(), BodyHandlers.ofString());
		assertThat(answer.statusCode()).isEqualTo(413);
		assertThat(answer.body()).contains("urn:mega:problem:too-large", "The event has 2000000 bytes");
	}

	@Test
	void tellsSendersToComeBackWhileTheBrokerIsAway() throws Exception {
		clear();
		kafka.server().kill();
		try {
			HttpResponse<String> answer = client.send(post(1, "one").build(), BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
			assertThat(state()).isEqualTo(PipelineState.RETRYING);
		}
		finally {
			kafka.server().start();
		}
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(500))
			.until(() -> client.send(post(1, "one").build(), BodyHandlers.ofString()).statusCode() == 202);
		assertThat(state()).isEqualTo(PipelineState.RUNNING);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(count("*")).isEqualTo(1));
	}

	private static PipelineState state() {
		return application.getBean(Pipelines.class)
			.all()
			.stream()
			.filter((pipeline) -> pipeline.name().toString().equals("webhook.notes"))
			.findFirst()
			.orElseThrow()
			.status()
			.state();
	}

	private static void clear() {
		database.execute("DELETE FROM notes", "DELETE FROM mega_inbox");
	}

	private static int count(String what) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT COUNT(" + what + ") FROM notes")
			.query(Integer.class)
			.single();
	}

	private static HttpRequest.Builder post(int number, String id) {
		return request(id).header("Content-Type", "text/x-note")
			.POST(BodyPublishers.ofString("{\"id\": " + number + ", \"text\": \"note " + number + "\"}"));
	}

	private static HttpRequest.Builder request(String id) {
		return HttpRequest.newBuilder(uri())
			.timeout(Duration.ofSeconds(60))
			.header("Authorization", "Bearer secret")
			.header("Idempotency-Key", id);
	}

	private static URI uri() {
		return URI.create(
				"http://localhost:" + application.getEnvironment().getRequiredProperty("local.server.port") + "/notes");
	}

}
