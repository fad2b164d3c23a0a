package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dead letters that are sent to a topic as well.
 */
class DeadLetterRelayTests {

	@Test
	void sendsEveryDeadLetterWithTheHeadersOfSpringKafka() throws Exception {
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1)) {
			List<String> without = topic.properties(RecordsApplication.TRANSFORMER);
			List<String> with = topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name(),
					"properties[max.request.size]=2000");
			// not older than the topic's retention, or the broker may delete it before it
			// is read
			long created = System.currentTimeMillis() - 3_600_000;
			ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(topic.name(), 0, created, new byte[] { -1 },
					"bad".getBytes(StandardCharsets.UTF_8));
			bad.headers().add("traceparent", "00-1".getBytes(StandardCharsets.UTF_8));
			bad.headers().add("mega-event-id", new byte[] { -2 });
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext context = RecordsApplication.run(without, database.toProperties())) {
				topic.send(0, "good").get();
				new Records(database).awaitCount(1);
				jdbc.sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
				topic.producer().send(bad).get();
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "1 = 1") == 1);
			}
			// it was stored when nobody sent it on, and is sent now
			try (ConfigurableApplicationContext context = RecordsApplication.run(with, database.toProperties())) {
				topic.send(0, "bad " + "x".repeat(2000)).get();
				topic.send(0, "bad 2").get();
				List<ConsumerRecord<byte[], byte[]>> sent = read(kafka, letters.name(), 2);
				ConsumerRecord<byte[], byte[]> first = sent.get(0);
				assertThat(first.key()).containsExactly(-1);
				assertThat(new String(first.value(), StandardCharsets.UTF_8)).isEqualTo("bad");
				assertThat(text(first, "traceparent")).isEqualTo("00-1");
				assertThat(text(first, "kafka_dlt-original-topic")).isEqualTo(topic.name());
				assertThat(text(first, "kafka_dlt-original-consumer-group")).isEqualTo("g-" + topic.name());
				assertThat(text(first, "kafka_dlt-exception-fqcn")).isEqualTo("DATABASE_REFUSED");
				assertThat(text(first, "kafka_dlt-exception-message")).contains("no_bad");
				assertThat(ByteBuffer.wrap(header(first, "kafka_dlt-original-partition")).getInt()).isZero();
				assertThat(ByteBuffer.wrap(header(first, "kafka_dlt-original-offset")).getLong()).isEqualTo(1);
				assertThat(ByteBuffer.wrap(header(first, "kafka_dlt-original-timestamp")).getLong()).isEqualTo(created);
				assertThat(header(first, "mega_dlt-event-id")).containsExactly(-2);
				assertThat(first.headers().lastHeader("mega-event-id")).isNull();
				assertThat(text(first, "mega-event-time")).isEqualTo(Instant.ofEpochMilli(created).toString());
				assertThat(first.headers().lastHeader("mega_payload-length")).isNull();
				assertThat(first.headers().lastHeader("kafka-topic")).isNull();
				assertThat(new String(sent.get(1).value(), StandardCharsets.UTF_8)).isEqualTo("bad 2");
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "relayed_at IS NULL") == 0);
				// one with a lower id that was committed later
				jdbc.sql("UPDATE mega_dead_letter SET relayed_at = NULL ORDER BY id LIMIT 1").update();
				assertThat(read(kafka, letters.name(), 3)).hasSize(3);
			}
		}
	}

	@Test
	void whatIsSentAgainWithTheHeadersOfADeadLetterIsNoDuplicate() throws Exception {
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1);
				ConfigurableApplicationContext context = RecordsApplication.run(
						topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name()),
						database.toProperties())) {
			Records records = new Records(database);
			records.jdbc().sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
			ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(topic.name(), 0, null, "bad".getBytes());
			bad.headers().add("mega-event-id", "7".getBytes());
			topic.producer().send(bad).get();
			ConsumerRecord<byte[], byte[]> letter = read(kafka, letters.name(), 1).get(0);
			topic.producer()
				.send(new ProducerRecord<>(topic.name(), 0, letter.key(), "repaired".getBytes(), letter.headers()))
				.get();
			records.awaitCount(1);
			assertThat(records.bodies()).containsExactly("repaired");
		}
	}

	@Test
	void takesNoHeadersOfAProducerForThoseOfTheConnector() throws Exception {
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1);
				ConfigurableApplicationContext context = RecordsApplication.run(
						topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name()),
						database.toProperties())) {
			topic.producer().send(misleading(topic, "good")).get();
			Records records = new Records(database);
			records.awaitCount(1);
			assertThat(records.bodies(0)).containsExactly("good");
			records.jdbc().sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
			topic.producer().send(misleading(topic, "bad")).get();
			ConsumerRecord<byte[], byte[]> sent = read(kafka, letters.name(), 1).get(0);
			assertThat(new String(sent.value(), StandardCharsets.UTF_8)).isEqualTo("bad");
			assertThat(text(sent, "kafka_dlt-original-topic")).isEqualTo(topic.name());
			assertThat(ByteBuffer.wrap(header(sent, "kafka_dlt-original-partition")).getInt()).isZero();
			assertThat(text(sent, "kafka-topics")).isEqualTo("kept");
		}
	}

	private static ProducerRecord<byte[], byte[]> misleading(TestTopic topic, String value) {
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic.name(), 0, null,
				value.getBytes(StandardCharsets.UTF_8));
		Map.of("Kafka-Topic", "other", "kafka-partition", "none", "KAFKA-TOMBSTONE", "true", "kafka-topics", "kept")
			.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
		return record;
	}

	@Test
	void aPayloadThatWasNotStoredIsNoTombstone() throws Exception {
		String time = "+1000000000-12-31T23:59:59.999999999Z";
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1);
				ConfigurableApplicationContext context = RecordsApplication.run(withSmallLetters(topic, letters),
						database.toProperties())) {
			new Records(database).jdbc()
				.sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')")
				.update();
			ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(topic.name(), 0, "k".getBytes(),
					"bad 1".getBytes());
			bad.headers().add("mega-event-time", time.getBytes());
			topic.producer().send(bad).get();
			ConsumerRecord<byte[], byte[]> sent = read(kafka, letters.name(), 1).get(0);
			assertThat(sent.key()).isEqualTo("k".getBytes());
			assertThat(sent.value()).isNotNull().isEmpty();
			assertThat(text(sent, "mega_payload-length")).isEqualTo("5");
			assertThat(text(sent, "mega_payload-sha256"))
				.isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest("bad 1".getBytes())));
			assertThat(text(sent, "mega-event-time")).isEqualTo(time);
			assertThat(sent.headers().lastHeader("kafka_dlt-original-timestamp")).isNull();
		}
	}

	private static List<String> withSmallLetters(TestTopic topic, TestTopic letters) {
		List<String> properties = topic.properties(RecordsApplication.TRANSFORMER,
				"dead-letter-topic=" + letters.name());
		properties.add("mega.dead-letter.max-payload=3B");
		return properties;
	}

	@Test
	void whatTheTopicNeverTakesKeepsNoOthersBack() throws Exception {
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka.bootstrapServers(), topic.name() + "-letters", Map.of())) {
			try (Admin admin = letters.admin()) {
				// takes no records without a key
				admin
					.createTopics(List
						.of(new NewTopic(letters.name(), 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
					.all()
					.get();
			}
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(topic.properties(RecordsApplication.TRANSFORMER), database.toProperties())) {
				jdbc.sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
				for (int i = 0; i < 4; i++) {
					topic.send(0, (i % 2 == 0) ? null : new byte[] { (byte) i }, ("bad " + i).getBytes()).get();
				}
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "1 = 1") == 4);
			}
			// all in one batch of the client
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name(),
						"properties[linger.ms]=500"), database.toProperties())) {
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "relayed_at IS NULL") == 0);
				assertThat(read(kafka, letters.name(), 2)).extracting((sent) -> new String(sent.value()))
					.containsExactly("bad 1", "bad 3");
			}
		}
	}

	@Test
	void goesOnBehindADeadLetterThatCannotBeSent() throws Exception {
		TestKafka kafka = TestKafka.shared();
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1)) {
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(topic.properties(RecordsApplication.TRANSFORMER), database.toProperties())) {
				jdbc.sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
				topic.sendAll(0, List.of("bad 1", "bad 2"));
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "1 = 1") == 2);
			}
			jdbc.sql("UPDATE mega_dead_letter SET position = 'none' ORDER BY id LIMIT 1").update();
			try (ConfigurableApplicationContext context = RecordsApplication.run(
					topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name()),
					database.toProperties())) {
				assertThat(new String(read(kafka, letters.name(), 1).get(0).value(), StandardCharsets.UTF_8))
					.isEqualTo("bad 2");
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "relayed_at IS NULL") == 0);
			}
		}
	}

	@Test
	void locksNothingWhileTheBrokersAreAway() throws Exception {
		try (TestDatabase database = TestDatabase.create(); TestTopic topic = new TestTopic(TestKafka.shared(), 1)) {
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(topic.properties(RecordsApplication.TRANSFORMER), database.toProperties())) {
				jdbc.sql("ALTER TABLE records ADD CONSTRAINT no_bad CHECK (body NOT LIKE 'bad%')").update();
				topic.sendAll(0, List.of("bad 1", "bad 2", "bad 3"));
				Awaitility.await().atMost(Records.PATIENCE).until(() -> count(jdbc, "1 = 1") == 3);
			}
			try (ConfigurableApplicationContext context = RecordsApplication.run(
					topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=letters",
							"bootstrap-servers=127.0.0.1:1", "properties[max.block.ms]=3000"),
					database.toProperties())) {
				Awaitility.await()
					.during(Duration.ofSeconds(8))
					.atMost(Records.PATIENCE)
					.until(() -> jdbc.sql("SELECT id FROM mega_dead_letter FOR UPDATE NOWAIT")
						.query(Long.class)
						.list()
						.size() == 3);
			}
		}
	}

	private static int count(JdbcClient jdbc, String condition) {
		return jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter WHERE " + condition).query(Integer.class).single();
	}

	private static List<ConsumerRecord<byte[], byte[]>> read(TestKafka kafka, String topic, int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", kafka.bootstrapServers()), new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			TopicPartition partition = new TopicPartition(topic, 0);
			consumer.assign(List.of(partition));
			consumer.seekToBeginning(List.of(partition));
			Awaitility.await().atMost(Records.PATIENCE).pollInSameThread().until(() -> {
				consumer.poll(Duration.ofMillis(200)).forEach(records::add);
				return records.size() >= count;
			});
		}
		return records;
	}

	private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
		return new String(header(record, name), StandardCharsets.UTF_8);
	}

	private static byte[] header(ConsumerRecord<byte[], byte[]> record, String name) {
		return Objects.requireNonNull(record.headers().lastHeader(name), name).value();
	}

}
