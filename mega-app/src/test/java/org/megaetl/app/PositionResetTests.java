package org.megaetl.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.megaetl.app.OperatedApplication.OPERATOR;

/**
 * The commands of {@code docs/operations.md} about positions, with a topic of Kafka.
 */
class PositionResetTests {

	private static final String PIPELINE = "/mega/kafka.orders";

	private static final String POSITIONS = "/megapositions/kafka.orders";

	private static final int RECORDS = 45;

	private static TestDatabase database;

	private static TestKafka kafka;

	private static OperatedApplication application;

	@BeforeAll
	static void start() {
		database = TestDatabase.create();
		database.execute(OperatedApplication.TABLE);
		kafka = TestKafka.createWithOwnServer(Map.of());
		kafka.createTopics(List.of("orders"));
		application = OperatedApplication.start(database,
				OperatedApplication.all(OperatedApplication.user(),
						new String[] { "mega.connectors.kafka.enabled=true",
								"mega.connectors.kafka.inbound.orders.topics=orders",
								"mega.connectors.kafka.inbound.orders.transformer=order",
								"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers() }));
	}

	@AfterAll
	static void stop() {
		application.close();
		kafka.close();
		database.close();
	}

	@Test
	void thePartitionIsReadAgainFromThere() throws Exception {
		sendRecords();
		awaitPosition(RECORDS);
		assertThat(application.write("POST", POSITIONS, documentedBody(), OPERATOR).body())
			.contains("is RUNNING: pause it");
		assertThat(application.write("POST", PIPELINE, "{\"state\":\"paused\"}", OPERATOR).statusCode()).isEqualTo(200);
		String reset = application.write("POST", POSITIONS, documentedBody(), OPERATOR).body();
		assertThat(position(JsonMapper.shared().readTree(reset))).as(reset).isEqualTo(41);
		database.execute("DELETE FROM orders");
		assertThat(application.write("POST", PIPELINE, "{\"state\":\"running\"}", OPERATOR).statusCode())
			.isEqualTo(200);
		awaitPosition(RECORDS);
		await().atMost(Duration.ofSeconds(10))
			.until(() -> application.read(PIPELINE).at("/events/written").asInt() == RECORDS + RECORDS - 41);
	}

	@Test
	void theMetricsOfKafkaHaveTheNamesThatAlertsUse() {
		assertThat(Scrape.of(application).names("mega_kafka_"))
			.containsExactlyInAnyOrderElementsOf(MonitoringFilesTests.KAFKA_METRICS);
	}

	private static String documentedBody() throws Exception {
		return Pattern.compile("megapositions/kafka\\.orders -d '([^']*)'")
			.matcher(Files.readString(Path.of("..", "docs", "operations.md")))
			.results()
			.map((MatchResult match) -> match.group(1))
			.findFirst()
			.orElseThrow();
	}

	private static void sendRecords() {
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", kafka.bootstrapServers()), new ByteArraySerializer(),
				new ByteArraySerializer())) {
			for (int id = 0; id < RECORDS; id++) {
				producer.send(new ProducerRecord<>("orders", 3, null,
						"{\"order_id\":%d,\"amount\":1}".formatted(id).getBytes(StandardCharsets.UTF_8)));
			}
		}
	}

	private static void awaitPosition(int position) {
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.until(() -> position(application.read(POSITIONS)) == position);
	}

	private static int position(JsonNode answer) {
		for (JsonNode each : answer.get("positions")) {
			if (each.get("key").asString().startsWith("orders-3/")) {
				return Integer.parseInt(each.get("position").asString());
			}
		}
		throw new IllegalArgumentException("No position of partition 3: " + answer);
	}

}
