package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TableLock;
import org.megaetl.pipeline.PipelineState;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is read from a topic, however it was written and however much there is.
 */
class KafkaSourceTests extends KafkaRuns {

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void handsOverKeyHeadersAndPlace(String protocol) throws Exception {
		// not older than the topic's retention, or the broker may delete it before it is
		// read
		Instant created = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(1));
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topic.name(), 1, created.toEpochMilli(),
				"kéy".getBytes(StandardCharsets.UTF_8), "one".getBytes(StandardCharsets.UTF_8));
		record.headers()
			.add("traceparent",
					"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.UTF_8))
			.add("binary", new byte[] { -1, 0, 1 });
		this.topic.producer().send(record).get();
		this.topic.send(1, new byte[] { -2 }, "two".getBytes(StandardCharsets.UTF_8)).get();
		List<String> properties = new ArrayList<>(
				this.topic.properties(RecordsApplication.TRANSFORMER, "properties[group.protocol]=" + protocol));
		if (protocol.equals("consumer")) {
			properties.removeIf((property) -> property.contains("session.timeout") || property.contains("heartbeat"));
		}
		run(properties);
		this.records.awaitCount(2);
		List<Map<String, Object>> rows = this.records.jdbc()
			.sql("SELECT * FROM records ORDER BY arrival")
			.query()
			.listOfRows();
		assertThat(rows.get(0)).containsEntry("event_key", "kéy")
			.containsEntry("part", 1)
			.containsEntry("place", 0L)
			.containsEntry("body", "one")
			.containsEntry("created", created.toString());
		assertThat(rows.get(0).get("headers")).asString()
			.contains("traceparent=[00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01]")
			.contains("binary=[data:;base64,/wAB]")
			.contains("kafka-topic=[" + this.topic.name() + "]");
		assertThat(rows.get(1)).containsEntry("event_key", "data:;base64,/g==").containsEntry("place", 1L);
		assertThat(Text.toBytes("data:;base64,/wAB")).containsExactly(-1, 0, 1);
	}

	@Test
	void countsTombstonesOrHandsThemOver() throws Exception {
		this.topic.send(0, "k".getBytes(StandardCharsets.UTF_8), null).get();
		this.topic.send(0, "one").get();
		start();
		this.records.awaitCount(1);
		stop();
		this.topic.send(0, "k".getBytes(StandardCharsets.UTF_8), null).get();
		start("tombstones=deliver");
		this.records.awaitCount(2);
		assertThat(this.records.jdbc().sql("SELECT headers FROM records WHERE length = 0").query(String.class).single())
			.contains("kafka-tombstone=[true]");
	}

	@Test
	void readsOnWhereItsContextIsStoppedAndStartedAgain() throws Exception {
		this.topic.send(0, "one").get();
		start();
		this.records.awaitCount(1);
		ConfigurableApplicationContext restarted = context();
		restarted.stop();
		restarted.start();
		this.topic.send(0, "two").get();
		this.records.awaitCount(2);
	}

	@Test
	void writesRecordsWithTheIdOfAnEventOnce() throws Exception {
		for (int attempt = 0; attempt < 3; attempt++) {
			for (String id : List.of("a", "b")) {
				ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topic.name(), attempt % 2, null,
						id.getBytes(StandardCharsets.UTF_8));
				record.headers().add("mega-event-id", id.getBytes(StandardCharsets.UTF_8));
				this.topic.producer().send(record).get();
			}
		}
		start();
		this.topic.send(0, "last").get();
		this.topic.send(1, "last").get();
		this.records.awaitCount(4);
		assertThat(this.records.bodies()).containsExactlyInAnyOrder("a", "b", "last", "last");
		assertThat(this.records.jdbc().sql("SELECT headers FROM records").query(String.class).list())
			.noneMatch((headers) -> headers.contains("mega-event-id"));
	}

	@Test
	void readsEveryCodec() throws Exception {
		for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
			try (TestTopic compressed = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(),
					Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, codec))) {
				compressed.sendAll(0, List.of(codec + "-1", codec + "-2"));
			}
		}
		start();
		this.records.awaitCount(10);
		assertThat(this.records.bodies()).containsExactly("none-1", "none-2", "gzip-1", "gzip-2", "snappy-1",
				"snappy-2", "lz4-1", "lz4-2", "zstd-1", "zstd-2");
	}

	@Test
	void readsWhatWasCommittedByItsProducer() throws Exception {
		try (TestTopic transactional = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(),
				Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tx-" + this.topic.name()))) {
			transactional.producer().initTransactions();
			for (int number = 1; number <= 6; number++) {
				transactional.producer().beginTransaction();
				transactional.send(0, "a" + number);
				transactional.send(0, "b" + number);
				transactional.producer().flush();
				if (number % 2 == 0) {
					transactional.producer().abortTransaction();
				}
				else {
					transactional.producer().commitTransaction();
				}
			}
		}
		start("properties[max.poll.records]=1");
		this.records.awaitCount(6);
		assertThat(this.records.bodies()).containsExactly("a1", "b1", "a3", "b3", "a5", "b5");
		// markers and aborted records are no lag, and what is committed is where to read
		// on
		Awaitility.await().atMost(Records.PATIENCE).until(() -> Long.valueOf(0).equals(pipeline().source().lag()));
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> positions().stream().anyMatch((position) -> position.endsWith("=18")));
	}

	@Test
	void readsRecordsOfManyMegabytes() throws Exception {
		try (Admin admin = this.topic.admin()) {
			admin
				.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, this.topic.name()), List
					.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "12000000"), AlterConfigOp.OpType.SET))))
				.all()
				.get();
		}
		start();
		this.topic.send(0, null, new byte[1 << 20]).get();
		this.topic.send(0, null, new byte[10 << 20]).get();
		this.topic.send(0, "small").get();
		this.records.awaitCount(3);
		assertThat(this.records.jdbc().sql("SELECT length FROM records ORDER BY arrival").query(Integer.class).list())
			.containsExactly(1 << 20, 10 << 20, 5);
	}

	@Test
	void tellsKafkaWhatIsCommitted() throws Exception {
		start();
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		try (Admin admin = this.topic.admin()) {
			Awaitility.await().atMost(Records.PATIENCE).untilAsserted(() -> {
				var offset = admin.listConsumerGroupOffsets("g-" + this.topic.name())
					.partitionsToOffsetAndMetadata()
					.get()
					.get(new TopicPartition(this.topic.name(), 0));
				assertThat(offset).isNotNull();
				assertThat(offset.offset()).isEqualTo(10);
			});
		}
		assertThat(pipeline().source().details().get("assigned")).asString().contains(this.topic.name() + "-1");
	}

	@Test
	void readsAllPartitionsOfALargeTopic() throws Exception {
		this.topic.close();
		this.topic = new TestTopic(this.kafka, 200);
		for (int number = 0; number < 2000; number++) {
			this.topic.send(number % 200, String.valueOf(number));
		}
		this.topic.producer().flush();
		start("concurrency=2");
		this.records.awaitCount(2000);
		assertThat(this.records.jdbc().sql("SELECT COUNT(DISTINCT body) FROM records").query(Integer.class).single())
			.isEqualTo(2000);
		Awaitility.await().atMost(Records.PATIENCE).until(() -> Long.valueOf(0).equals(pipeline().source().lag()));
	}

	@Test
	void givesEachConsumerNamesOfItsOwn() throws Exception {
		start("concurrency=2", "properties[client.id]=shop", "properties[group.instance.id]=static");
		this.topic.send(0, "one").get();
		this.topic.send(1, "two").get();
		this.records.awaitCount(2);
		String group = "g-" + this.topic.name();
		try (Admin admin = this.topic.admin()) {
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.untilAsserted(() -> assertThat(
						admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members())
					.extracting((member) -> member.clientId() + " " + member.groupInstanceId().orElse(null))
					.containsExactlyInAnyOrder("shop-0 static-0", "shop-1 static-1"));
		}
		assertThat(pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void writesWhatWasPolledDuringATransactionInTheNextOne() throws Exception {
		this.topic.send(0, "1").get();
		start("concurrency=1", "properties[max.poll.records]=10");
		this.records.awaitCount(1);
		DistributionSummary sizes = context().getBean(MeterRegistry.class).get("mega.batch.size").summary();
		try (TableLock lock = this.database.lock("records")) {
			this.topic.sendAll(0, Records.numbers(2, 200));
			Awaitility.await().atMost(Records.PATIENCE).until(lock::isWaitedFor);
			// three polls are ready by then, or as good as
			Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
		}
		this.records.awaitCount(200);
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(1, 200));
		assertThat(sizes.max()).isGreaterThan(10);
		// which is noted after the commit
		Awaitility.await().atMost(Records.PATIENCE).until(() -> sizes.totalAmount() == 200);
		assertThat(positions()).anyMatch((position) -> position.endsWith("=200"));
	}

	@Test
	void readsTopicsThatMatchAPatternAlsoNewOnes() throws Exception {
		List<String> properties = new ArrayList<>(this.topic.properties(RecordsApplication.TRANSFORMER,
				"topic-pattern=" + this.topic.name() + ".*", "properties[metadata.max.age.ms]=500"));
		properties.removeIf((property) -> property.contains(".topics="));
		this.topic.send(0, "one").get();
		run(properties);
		this.records.awaitCount(1);
		try (TestTopic more = new TestTopic(this.kafka.bootstrapServers(), this.topic.name() + "-more", Map.of())) {
			more.create(1);
			more.send(0, "two").get();
		}
		this.records.awaitCount(2);
	}

}
