package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PullPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of records that were polled, whatever happens between two polls.
 */
class KafkaReaderTests extends KafkaRuns {

	@Test
	void losesNothingWhereACommitToKafkaFails() throws Exception {
		startFaulty();
		FaultyConsumers faults = context().getBean(FaultyConsumers.class);
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		faults.failCommit();
		int sent = 1;
		while (faults.isCommitToFail() && sent < 500) {
			sent++;
			this.topic.send(0, String.valueOf(sent)).get();
			Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
		}
		assertThat(faults.isCommitToFail()).isFalse();
		this.topic.sendAll(0, Records.numbers(sent + 1, sent + 10));
		this.records.awaitCount(sent + 10);
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(1, sent + 10));
	}

	@Test
	void writesWhatAnInterceptorMadeAnew() throws Exception {
		start("properties[interceptor.classes]=" + RebuildingInterceptor.class.getName());
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		this.topic.sendAll(0, Records.numbers(11, 20));
		this.records.awaitCount(20);
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(1, 20));
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> positions().stream().anyMatch((position) -> position.endsWith("=20")));
	}

	@Test
	void writesOnceWhatIsReadAgain() throws Exception {
		start("properties[interceptor.classes]=" + RepeatingInterceptor.class.getName());
		for (int number = 1; number <= 5; number++) {
			this.topic.send(0, String.valueOf(number)).get();
			this.records.awaitCount(number);
		}
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(1, 5));
	}

	/**
	 * Boot would have its containers begin one for each batch.
	 */
	@Test
	void needsNoTransactionsOfKafkaThoughProducersHaveThem() throws Exception {
		try (TestKafka strict = TestKafka.createWithOwnServer(Map.of("transaction.max.timeout.ms", "1000"));
				TestTopic plain = new TestTopic(strict, 1)) {
			List<String> properties = new ArrayList<>(plain.properties(RecordsApplication.TRANSFORMER));
			properties.add("spring.kafka.producer.transaction-id-prefix=tx-");
			run(properties);
			plain.sendAll(0, Records.numbers(1, 3));
			this.records.awaitCount(3);
			stop();
		}
	}

	@Test
	void readsAgainWhereAPositionWasResetWhilePollsFailed() throws Exception {
		startFaulty();
		this.topic.sendAll(0, Records.numbers(1, 10));
		this.records.awaitCount(10);
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> positions().stream().anyMatch((position) -> position.endsWith("=10")));
		((PullPipeline) pipeline()).sourceUnavailable(this, "a test");
		// which the consumer sees
		Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
		FaultyConsumers faults = context().getBean(FaultyConsumers.class);
		faults.failPolls(true);
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> String.valueOf(pipeline().status().reason()).contains("polls fail"));
		pipeline().pause();
		PipelinePositions positions = context().getBean(PipelinePositions.class);
		String key = positions.list(PIPELINE)
			.stream()
			.filter((position) -> position.position().equals("10"))
			.findFirst()
			.orElseThrow()
			.key();
		positions.reset(PIPELINE, key, "7");
		pipeline().resume();
		faults.failPolls(false);
		this.records.awaitCount(13);
		assertThat(this.records.bodies()).endsWith("8", "9", "10");
	}

	/**
	 * As they do where another partition has a record that cannot be read.
	 */
	@Test
	void writesWhatWasReadThoughPollsFailSince() throws Exception {
		startFaulty();
		FaultyConsumers faults = context().getBean(FaultyConsumers.class);
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		Gate transformer = Gate.at("2");
		this.topic.send(0, "2").get();
		transformer.awaitArrival();
		faults.failPolls(true);
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> String.valueOf(pipeline().status().reason()).contains("polls fail"));
		transformer.open();
		this.records.awaitCount(2);
		faults.failPolls(false);
		this.topic.send(0, "3").get();
		this.records.awaitCount(3);
		assertThat(this.records.bodies()).containsExactly("1", "2", "3");
	}

	/**
	 * The client goes on behind the records that it has dropped.
	 */
	@Test
	void readsAgainWhatWasDroppedForAnErrorOfAnotherPartition() throws Exception {
		startFaulty();
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		context().getBean(FaultyConsumers.class)
			.failPollWithRecords(new IllegalStateException(
					"Unexpected error code 99 while fetching at offset 0 from topic-partition " + this.topic.name()
							+ "-1"));
		this.topic.send(0, "2").get();
		this.records.awaitCount(2);
		this.topic.send(0, "3").get();
		this.records.awaitCount(3);
		assertThat(this.records.bodies()).containsExactly("1", "2", "3");
	}

	private void startFaulty(String... more) {
		List<String> properties = new ArrayList<>(this.topic.properties(RecordsApplication.TRANSFORMER, more));
		properties.add(FaultyConsumers.PROPERTY);
		run(properties);
	}

}
