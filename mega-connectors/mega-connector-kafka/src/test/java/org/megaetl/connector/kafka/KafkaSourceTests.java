package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is read from a topic, whatever happens to it.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaSourceTests {

	private static final PipelineName PIPELINE = new PipelineName("kafka", "orders");

	private final TestKafka kafka = TestKafka.shared();

	private final TestDatabase database = TestDatabase.create();

	private final Records records = new Records(this.database);

	private TestTopic topic;

	private @Nullable ConfigurableApplicationContext context;

	KafkaSourceTests() throws Exception {
		this.topic = new TestTopic(this.kafka.bootstrapServers(), "t-" + UUID.randomUUID(), Map.of());
	}

	@BeforeEach
	void createTopic() throws Exception {
		this.topic.create(2);
	}

	@AfterEach
	void close() {
		stop();
		this.topic.close();
		this.database.close();
	}

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
		ConfigurableApplicationContext restarted = Objects.requireNonNull(this.context);
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
	void readsOnlyWhatComesAfterTheFirstStartAndAllOfPartitionsThatAreAdded() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 10));
		start("start=latest", "properties[metadata.max.age.ms]=500");
		Awaitility.await().atMost(Records.PATIENCE).until(() -> positions().size() == 2);
		this.topic.send(0, "eleven").get();
		this.records.awaitCount(1);
		stop();
		this.topic.send(1, "twelve").get();
		try (Admin admin = this.topic.admin()) {
			admin.createPartitions(Map.of(this.topic.name(), NewPartitions.increaseTo(4))).all().get();
		}
		try (TestTopic again = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(), Map.of())) {
			again.send(3, "thirteen").get();
		}
		start("start=latest", "properties[metadata.max.age.ms]=500");
		this.records.awaitCount(3);
		try (Admin admin = this.topic.admin()) {
			admin.createPartitions(Map.of(this.topic.name(), NewPartitions.increaseTo(5))).all().get();
		}
		try (TestTopic again = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(), Map.of())) {
			again.send(4, "fourteen").get();
		}
		this.records.awaitCount(4);
		assertThat(this.records.bodies()).containsExactlyInAnyOrder("eleven", "twelve", "thirteen", "fourteen");
	}

	@Test
	void beginsAtATime() throws Exception {
		// not older than the topic's retention
		Instant first = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(3));
		for (int number = 1; number <= 3; number++) {
			Instant created = first.plus(Duration.ofHours(number - 1));
			this.topic.producer()
				.send(new ProducerRecord<>(this.topic.name(), 0, created.toEpochMilli(), null,
						String.valueOf(number).getBytes(StandardCharsets.UTF_8)))
				.get();
		}
		start("start=timestamp", "start-timestamp=" + first.plus(Duration.ofMinutes(30)));
		this.records.awaitCount(2);
		assertThat(this.records.bodies()).containsExactly("2", "3");
	}

	@Test
	void readsOnBehindAGapAndSaysSo(CapturedOutput output) throws Exception {
		start();
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		stop();
		this.topic.sendAll(0, Records.numbers(11, 30));
		deleteUpTo(25);
		start();
		this.records.awaitCount(15);
		assertThat(this.records.bodies()).endsWith("26", "27", "28", "29", "30");
		assertThat(output).contains("15 records of partition '" + this.topic.name() + "-0' are gone");
		// while it runs, but does not read
		pipeline().pause();
		this.topic.sendAll(0, Records.numbers(31, 40));
		Awaitility.await()
			.pollDelay(Duration.ofSeconds(1))
			.atMost(Records.PATIENCE)
			.until(() -> this.records.count() == 15);
		pipeline().resume();
		this.records.awaitCount(25);
	}

	/**
	 * Records that nobody may read yet, as their transaction is open, are deleted: the
	 * consumer stands before the oldest there is, with others in hand.
	 */
	@Test
	void writesWhatIsInHandBeforeAGapThatOpensMeanwhile(CapturedOutput output) throws Exception {
		start();
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		pipeline().pause();
		try (TestTopic transactional = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(),
				Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tx-" + this.topic.name()))) {
			transactional.producer().initTransactions();
			transactional.producer().beginTransaction();
			Records.numbers(11, 13).forEach((number) -> transactional.send(0, number));
			transactional.producer().commitTransaction();
			Awaitility.await().atMost(Records.PATIENCE).until(() -> Long.valueOf(4).equals(pipeline().source().lag()));
			transactional.producer().beginTransaction();
			Records.numbers(14, 18).forEach((number) -> transactional.send(0, number));
			transactional.producer().flush();
			deleteUpTo(17);
			Awaitility.await()
				.pollDelay(Duration.ofSeconds(2))
				.atMost(Records.PATIENCE)
				.until(() -> this.records.count() == 10);
			pipeline().resume();
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.until(() -> output.toString()
					.contains("3 records of partition '" + this.topic.name() + "-0' are gone"));
			transactional.producer().commitTransaction();
		}
		this.records.awaitCount(15);
		assertThat(this.records.bodies()).containsExactlyElementsOf(
				List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "17", "18"));
	}

	@Test
	void readsAgainWhereAPositionWasResetThoughNothingNewComes() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 10));
		start();
		this.records.awaitCount(10);
		PipelinePositions positions = context().getBean(PipelinePositions.class);
		String key = positions.list(PIPELINE)
			.stream()
			.filter((position) -> position.position().equals("10"))
			.findFirst()
			.orElseThrow()
			.key();
		pipeline().pause();
		positions.reset(PIPELINE, key, "7");
		pipeline().resume();
		this.records.awaitCount(13);
		assertThat(this.records.bodies()).endsWith("8", "9", "10");
	}

	@Test
	void stopsAtAGapUntilAnOperatorResumes() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 10));
		start();
		this.records.awaitCount(10);
		stop();
		this.topic.sendAll(0, Records.numbers(11, 30));
		deleteUpTo(25);
		start("on-gap=stop");
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.FAILED);
		assertThat(pipeline().status().reason()).contains("15 records of partition");
		assertThat(this.records.count()).isEqualTo(10);
		pipeline().resume();
		this.records.awaitCount(15);
	}

	@Test
	void readsOnFromTheEndWhereItIsBeforeTheStoredPosition(CapturedOutput output) throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 10));
		start();
		this.records.awaitCount(10);
		PipelinePositions positions = context().getBean(PipelinePositions.class);
		String key = positions.list(PIPELINE)
			.stream()
			.filter((position) -> position.position().equals("10"))
			.findFirst()
			.orElseThrow()
			.key();
		pipeline().pause();
		positions.reset(PIPELINE, key, "1000");
		stop();
		start();
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> output.toString().contains("990 records before offset 1000"));
		this.topic.send(0, "next").get();
		this.records.awaitCount(11);
	}

	@Test
	void readsATopicThatWasCreatedAgainFromItsBeginning() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 10));
		start("start=latest");
		Awaitility.await().atMost(Records.PATIENCE).until(() -> positions().size() == 2);
		this.topic.sendAll(0, Records.numbers(11, 20));
		this.records.awaitCount(10);
		stop();
		createAgain();
		this.topic.sendAll(0, Records.numbers(21, 60));
		start("start=latest");
		this.records.awaitCount(50);
		// and while it is read, with more records than were read before
		createAgain();
		this.topic.sendAll(0, Records.numbers(61, 160));
		this.records.awaitCount(150);
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(11, 160));
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

	private void createAgain() throws Exception {
		try (Admin admin = this.topic.admin()) {
			admin.deleteTopics(List.of(this.topic.name())).all().get();
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.ignoreExceptions()
				.until(() -> !admin.listTopics().names().get().contains(this.topic.name()));
		}
		this.topic.create(2);
		String name = this.topic.name();
		this.topic.close();
		// a producer with no memory of the topic that was
		this.topic = new TestTopic(this.kafka.bootstrapServers(), name, Map.of());
	}

	private void deleteUpTo(long offset) throws Exception {
		try (Admin admin = this.topic.admin()) {
			admin.deleteRecords(Map.of(new TopicPartition(this.topic.name(), 0), RecordsToDelete.beforeOffset(offset)))
				.all()
				.get();
		}
	}

	private List<String> positions() {
		return context().getBean(PipelinePositions.class)
			.list(PIPELINE)
			.stream()
			.map((position) -> position.key() + "=" + position.position())
			.toList();
	}

	private Pipeline pipeline() {
		return context().getBean(Pipelines.class).all().iterator().next();
	}

	private ConfigurableApplicationContext context() {
		if (this.context == null) {
			throw new IllegalStateException("Nothing runs");
		}
		return this.context;
	}

	private void start(String... more) {
		run(this.topic.properties(RecordsApplication.TRANSFORMER, more));
	}

	private void run(List<String> properties) {
		this.context = RecordsApplication.run(properties, this.database.toProperties());
	}

	private void stop() {
		if (this.context != null) {
			this.context.close();
			this.context = null;
		}
	}

}
