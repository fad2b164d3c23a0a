package org.megaetl.connector.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A partition that has no leader: one of the broker's disks fails.
 */
class LeaderlessPartitionTests {

	@Test
	void keepsNoOtherFromBeingRead(@TempDir Path directory) throws Exception {
		Path one = Files.createDirectory(directory.resolve("one"));
		Path other = Files.createDirectory(directory.resolve("other"));
		try (TestKafka kafka = TestKafka
			.createWithOwnServer(Map.of("log.dirs", one + "," + other, "log.roll.ms", "100"));
				TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 2);
				TestTopic impatient = new TestTopic(kafka.bootstrapServers(), topic.name(),
						Map.of(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2000,
								ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1000));
				Admin admin = topic.admin()) {
			Records records = new Records(database);
			List<String> properties = topic.properties(RecordsApplication.TRANSFORMER);
			topic.send(0, "1").get();
			topic.send(1, "2").get();
			ConfigurableApplicationContext first = RecordsApplication.run(properties, database.toProperties());
			records.awaitCount(2);
			first.close();
			move(admin, new TopicPartition(topic.name(), 0), one);
			move(admin, new TopicPartition("__consumer_offsets", 0), one);
			move(admin, new TopicPartition(topic.name(), 1), other);
			Files.move(other, directory.resolve("gone"));
			Awaitility.await().pollInterval(Duration.ofMillis(200)).atMost(Records.PATIENCE).until(() -> {
				impatient.send(1, "lost");
				return isLeaderless(admin, topic.name(), 1);
			});
			topic.send(0, "3").get();
			try (ConfigurableApplicationContext context = RecordsApplication.run(properties, database.toProperties())) {
				records.awaitCount(3);
				for (int number = 4; number <= 8; number++) {
					topic.send(0, String.valueOf(number)).get();
					records.awaitCount(number);
				}
				Pipeline pipeline = context.getBean(Pipelines.class).all().iterator().next();
				assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
				assertThat(pipeline.source().lag()).isNull();
			}
		}
	}

	private static void move(Admin admin, TopicPartition partition, Path directory) throws Exception {
		TopicPartitionReplica replica = new TopicPartitionReplica(partition.topic(), partition.partition(), 1);
		admin.alterReplicaLogDirs(Map.of(replica, directory.toString())).all().get();
		Awaitility.await().atMost(Records.PATIENCE).until(() -> {
			LogDirDescription description = admin.describeLogDirs(List.of(1))
				.allDescriptions()
				.get()
				.get(1)
				.get(directory.toString());
			return description.replicaInfos().containsKey(partition)
					&& !description.replicaInfos().get(partition).isFuture();
		});
	}

	private static boolean isLeaderless(Admin admin, String topic, int partition) throws Exception {
		List<TopicPartitionInfo> partitions = admin.describeTopics(List.of(topic))
			.topicNameValues()
			.get(topic)
			.get()
			.partitions();
		return partitions.get(partition).leader() == null || partitions.get(partition).leader().isEmpty();
	}

}
