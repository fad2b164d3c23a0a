package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.connector.kafka.KafkaConnectorProperties.OnGap;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Tombstones;
import org.megaetl.connector.kafka.ReadBatch.Part;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PullPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Batches on their way, with a pipeline and a database.
 */
class DeliveryLaneTests extends KafkaRuns {

	@Test
	void asksBrokersThatAreAwayNoLongerThanItHasThePartitions() throws Exception {
		start();
		PullPipeline pipeline = (PullPipeline) pipeline();
		try (KafkaTopics topics = new KafkaTopics(() -> Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1",
				"default.api.timeout.ms", 200, "request.timeout.ms", 100)))) {
			DeliveryLane lane = lane(pipeline, topics);
			AssignedPartition taken = claimed(pipeline, 0);
			AssignedPartition kept = claimed(pipeline, 1);
			lane.check(List.of(taken));
			lane.deliver(batch(taken, "1"));
			lane.deliver(batch(kept, "2"));
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

	private static DeliveryLane lane(PullPipeline pipeline, KafkaTopics topics) {
		Inbound inbound = new Inbound(List.of("orders"), null, RecordsApplication.TRANSFORMER, null, 1, Start.EARLIEST,
				null, OnGap.CONTINUE, Tombstones.SKIP, null, null, null, null, null, null, Map.of());
		PartitionClaimer claimer = new PartitionClaimer(pipeline, topics, "group", inbound,
				Counter.builder("missing").register(new SimpleMeterRegistry()));
		BatchRoom room = new BatchRoom(new BatchRoom.All(1 << 20), 10, 1 << 20);
		return new DeliveryLane("lane", pipeline, new RecordMapper("kafka.orders", Tombstones.SKIP), topics, claimer,
				null, room, new NoReader());
	}

	private static AssignedPartition claimed(PullPipeline pipeline, int number) throws InterruptedException {
		AssignedPartition partition = new AssignedPartition(new TopicPartition("lane", number));
		partition.claimed(pipeline.claim("lane-" + number, "0"), Uuid.randomUuid(), 0);
		return partition;
	}

	private static ReadBatch batch(AssignedPartition partition, String value) {
		TopicPartition topicPartition = partition.partition();
		return new ReadBatch(List.of(new Part(partition, List.of(new ConsumerRecord<>(topicPartition.topic(),
				topicPartition.partition(), 0, null, value.getBytes(StandardCharsets.UTF_8))), 0, 1)));
	}

	private static final class NoReader implements DeliveryLane.Reader {

		@Override
		public void lost(Collection<AssignedPartition> partitions) {
			partitions.forEach(AssignedPartition::go);
		}

		@Override
		public void claimed(Collection<AssignedPartition> tried) {
		}

	}

}
