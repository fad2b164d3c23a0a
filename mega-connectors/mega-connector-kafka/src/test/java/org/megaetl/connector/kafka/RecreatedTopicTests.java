package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.PullPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A topic that is deleted and created again, of which records come in any order.
 */
class RecreatedTopicTests extends KafkaRuns {

	private static final String GROUP = "suspicious";

	private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

	@Test
	void writesNothingOfTheNewTopicAsIfItWereOfTheOldOneWhateverPartitionComesFirst() throws Exception {
		start();
		try (KafkaTopics topics = new KafkaTopics(this.topic::admin)) {
			KafkaReader reader = reader((PullPipeline) pipeline(), topics);
			List<TopicPartition> partitions = List.of(partition(0), partition(1));
			this.consumer.assign(partitions);
			poll(reader);
			reader.onPartitionsAssigned(this.consumer, partitions);
			Awaitility.await().atMost(Records.PATIENCE).pollInSameThread().until(() -> {
				poll(reader);
				return this.consumer.paused().isEmpty();
			});
			reader.onMessage(record(0, 0, "1"), null, this.consumer);
			reader.onMessage(record(1, 0, "2"), null, this.consumer);
			this.records.awaitCount(2);
			createAgain();
			((ClusterResourceListener) reader.deserializer()).onUpdate(new ClusterResource("any"));
			reader.onMessage(record(0, 1, "3"), null, this.consumer);
			reader.onMessage(record(1, 1, "4"), null, this.consumer);
			Awaitility.await().atMost(Records.PATIENCE).pollInSameThread().until(() -> {
				poll(reader);
				return positions().stream().filter((position) -> position.contains(GROUP)).count() == 4;
			});
			assertThat(this.records.bodies()).containsExactlyInAnyOrder("1", "2");
			reader.stop(() -> {
			});
		}
	}

	private static KafkaReader reader(PullPipeline pipeline, KafkaTopics topics) {
		BatchRoom room = room();
		return new KafkaReader(pipeline, Clock.systemUTC(), room,
				(owner) -> lane(pipeline, topics, GROUP, room, owner));
	}

	private void poll(KafkaReader reader) {
		reader.poll(this.consumer, (timeout) -> ConsumerRecords.empty(), Duration.ZERO);
	}

	private TopicPartition partition(int number) {
		return new TopicPartition(this.topic.name(), number);
	}

	private ConsumerRecords<byte[], byte[]> record(int number, long offset, String value) {
		TopicPartition partition = partition(number);
		ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(partition.topic(), number, offset, null,
				value.getBytes(StandardCharsets.UTF_8));
		return new ConsumerRecords<>(Map.of(partition, List.of(record)),
				Map.of(partition, new OffsetAndMetadata(offset + 1)));
	}

}
