package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.ReadBatch.Part;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PullPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Batches on their way, with a pipeline and a database.
 */
class DeliveryLaneTests extends KafkaRuns {

	private final NoReader reader = new NoReader();

	@Test
	void asksBrokersThatAreAwayNoLongerThanItHasThePartitions() throws Exception {
		start();
		PullPipeline pipeline = (PullPipeline) pipeline();
		try (KafkaTopics topics = new KafkaTopics(() -> Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1",
				"default.api.timeout.ms", 200, "request.timeout.ms", 100)))) {
			DeliveryLane lane = lane(pipeline, topics);
			AssignedPartition taken = claimed(pipeline, "lane", 0);
			AssignedPartition kept = claimed(pipeline, "lane", 1);
			lane.check(List.of(taken));
			lane.deliver(batch(taken, 0, "1"));
			lane.deliver(batch(kept, 0, "2"));
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.until(() -> pipeline.status().state() == PipelineState.RETRYING);
			assertThat(this.records.count()).isZero();
			taken.go();
			this.records.awaitCount(1);
			assertThat(this.records.bodies()).containsExactly("2");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			lane.stop(() -> {
			});
		}
	}

	/**
	 * Nobody else has them any more.
	 */
	@Test
	void writesWhatWasReadOfATopicBeforeItWasCreatedAgain() throws Exception {
		start();
		PullPipeline pipeline = (PullPipeline) pipeline();
		try (KafkaTopics topics = new KafkaTopics(this.topic::admin)) {
			DeliveryLane lane = lane(pipeline, topics);
			AssignedPartition partition = claimed(pipeline, this.topic.name(), 0);
			pipeline().pause();
			lane.deliver(batch(partition, 0, "1"));
			// its id is no longer that of the partition
			lane.check(List.of(partition));
			lane.deliver(batch(partition, 1, "2"));
			Awaitility.await().atMost(Records.PATIENCE).until(() -> this.reader.superseded.get() == 1);
			pipeline().resume();
			this.records.awaitCount(1);
			AssignedPartition other = claimed(pipeline, "lane", 1);
			lane.deliver(batch(other, 0, "3"));
			this.records.awaitCount(2);
			assertThat(this.records.bodies()).containsExactlyInAnyOrder("1", "3");
			lane.stop(() -> {
			});
		}
	}

	@Test
	void looksAgainForATopicThatTheBrokersDoNotKnow() throws Exception {
		start();
		PullPipeline pipeline = (PullPipeline) pipeline();
		try (KafkaTopics topics = new KafkaTopics(this.topic::admin)) {
			DeliveryLane lane = lane(pipeline, topics);
			lane.check(List.of(claimed(pipeline, "nowhere", 0)));
			Awaitility.await().atMost(Records.PATIENCE).until(() -> this.reader.suspected.get() == 1);
			lane.stop(() -> {
			});
		}
	}

	private DeliveryLane lane(PullPipeline pipeline, KafkaTopics topics) {
		return lane(pipeline, topics, "group", room(), this.reader);
	}

	private static AssignedPartition claimed(PullPipeline pipeline, String topic, int number)
			throws InterruptedException {
		AssignedPartition partition = new AssignedPartition(new TopicPartition(topic, number), Long.MAX_VALUE);
		partition.claimed(pipeline.claim("lane-" + number, "0"), Uuid.randomUuid(), 0);
		return partition;
	}

	private static ReadBatch batch(AssignedPartition partition, long offset, String value) {
		TopicPartition topicPartition = partition.partition();
		ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(topicPartition.topic(), topicPartition.partition(),
				offset, null, value.getBytes(StandardCharsets.UTF_8));
		return new ReadBatch(List.of(new Part(partition, List.of(record), offset, offset + 1)));
	}

	private static final class NoReader implements DeliveryLane.Reader {

		private final AtomicInteger superseded = new AtomicInteger();

		private final AtomicInteger suspected = new AtomicInteger();

		@Override
		public void lost(Collection<AssignedPartition> partitions) {
			partitions.forEach(AssignedPartition::go);
		}

		@Override
		public void superseded(Collection<AssignedPartition> partitions) {
			partitions.forEach(AssignedPartition::supersede);
			this.superseded.incrementAndGet();
		}

		@Override
		public void suspect() {
			this.suspected.incrementAndGet();
		}

		@Override
		public void claimed(Collection<AssignedPartition> tried) {
		}

	}

}
