package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PipelineState;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where reading begins and goes on: at the first start, in partitions that are added,
 * behind a gap, where a position was reset, and in a topic that was created again.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaPositionTests extends KafkaRuns {

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
	void goesOnWhereTheGroupEndedThatReadTheTopicBefore() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 5));
		this.topic.sendAll(1, List.of("six"));
		commitOffset(3);
		start("start=group-offsets");
		this.records.awaitCount(3);
		assertThat(this.records.bodies()).containsExactlyInAnyOrder("4", "5", "six");
		stop();
		this.topic.send(0, "seven").get();
		commitOffset(0);
		start("start=group-offsets");
		this.records.awaitCount(4);
		assertThat(this.records.bodies()).containsExactlyInAnyOrder("4", "5", "six", "seven");
	}

	@Test
	void waitsForATransactionInWhichTheGroupMayHaveEndedElsewhere() throws Exception {
		this.topic.sendAll(0, Records.numbers(1, 5));
		commitOffset(1);
		try (TestTopic other = new TestTopic(this.kafka.bootstrapServers(), this.topic.name(),
				Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tx-" + this.topic.name()));
				Consumer<byte[], byte[]> member = new KafkaConsumer<>(
						Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, this.kafka.bootstrapServers(),
								ConsumerConfig.GROUP_ID_CONFIG, group()),
						new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
			other.producer().initTransactions();
			other.producer().beginTransaction();
			other.producer()
				.sendOffsetsToTransaction(Map.of(new TopicPartition(this.topic.name(), 0), new OffsetAndMetadata(3)),
						member.groupMetadata());
			start("start=group-offsets");
			Awaitility.await()
				.during(Duration.ofSeconds(5))
				.atMost(Records.PATIENCE)
				.until(() -> positions().isEmpty() && this.records.count() == 0);
			other.producer().commitTransaction();
		}
		this.records.awaitCount(2);
		assertThat(this.records.bodies()).containsExactly("4", "5");
	}

	private String group() {
		return "g-" + this.topic.name();
	}

	private void commitOffset(long offset) throws Exception {
		try (Admin admin = this.topic.admin()) {
			admin
				.alterConsumerGroupOffsets(group(),
						Map.of(new TopicPartition(this.topic.name(), 0), new OffsetAndMetadata(offset)))
				.all()
				.get();
		}
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
		assertThat(missed()).isEqualTo(15);
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
		// what the broker lost had been read
		assertThat(missed()).isZero();
	}

	/**
	 * Another broker became the leader that did not have all records, and has got others
	 * since.
	 */
	@Test
	void readsAgainFromWhereALogWasCutOffThoughItHasGrownSince(CapturedOutput output) throws Exception {
		List<String> properties = this.topic.properties(RecordsApplication.TRANSFORMER);
		properties.add(FaultyConsumers.PROPERTY);
		run(properties);
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		TopicPartition partition = new TopicPartition(this.topic.name(), 0);
		context().getBean(FaultyConsumers.class)
			.failPoll(new LogTruncationException(Map.of(partition, 10L), Map.of(partition, new OffsetAndMetadata(7))));
		this.records.awaitCount(13);
		assertThat(this.records.bodies()).endsWith("8", "9", "10");
		assertThat(output).contains("other records have taken the place of those from offset 7 on");
	}

	@Test
	void readsOnWhereALogWasCutOffThoughTheApplicationIsStartedAgainInsteadOfResumed() throws Exception {
		List<String> properties = this.topic.properties(RecordsApplication.TRANSFORMER, "on-gap=stop");
		properties.add(FaultyConsumers.PROPERTY);
		run(properties);
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.topic.sendAll(1, Records.numbers(11, 20));
		this.records.awaitCount(20);
		TopicPartition one = new TopicPartition(this.topic.name(), 0);
		TopicPartition other = new TopicPartition(this.topic.name(), 1);
		context().getBean(FaultyConsumers.class)
			.failPoll(new LogTruncationException(Map.of(one, 10L, other, 10L),
					Map.of(one, new OffsetAndMetadata(7), other, new OffsetAndMetadata(8))));
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.FAILED);
		assertThat(pipeline().status().reason()).contains(
				"other records have taken the place of those from offset 7 on", "to go on at offset 7",
				"to go on at offset 8");
		assertThat(this.records.count()).isEqualTo(20);
		stop();
		start("on-gap=stop");
		this.records.awaitCount(25);
		assertThat(this.records.bodies().subList(20, 25)).containsExactlyInAnyOrder("8", "9", "10", "19", "20");
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

	private double missed() {
		return context().getBean(MeterRegistry.class).get("mega.kafka.missed").counter().count();
	}

	private void deleteUpTo(long offset) throws Exception {
		try (Admin admin = this.topic.admin()) {
			admin.deleteRecords(Map.of(new TopicPartition(this.topic.name(), 0), RecordsToDelete.beforeOffset(offset)))
				.all()
				.get();
		}
	}

}
