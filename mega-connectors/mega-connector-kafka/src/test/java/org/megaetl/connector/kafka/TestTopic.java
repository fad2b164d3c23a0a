package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.TestKafka;

/**
 * A topic as others write it.
 */
final class TestTopic implements AutoCloseable {

	private final String servers;

	private final String name;

	private final KafkaProducer<byte[], byte[]> producer;

	TestTopic(TestKafka kafka, int partitions) throws Exception {
		this(kafka.bootstrapServers(), "t-" + UUID.randomUUID(), Map.of());
		create(partitions);
	}

	TestTopic(String servers, String name, Map<String, Object> properties) {
		this.servers = servers;
		this.name = name;
		Map<String, Object> all = new HashMap<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers, ProducerConfig.LINGER_MS_CONFIG, 5,
						ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 20 << 20, ProducerConfig.BUFFER_MEMORY_CONFIG, 64 << 20,
						// or it may never send to a partition that had no leader at first
						ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1));
		all.putAll(properties);
		this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
	}

	String name() {
		return this.name;
	}

	KafkaProducer<byte[], byte[]> producer() {
		return this.producer;
	}

	void create(int partitions) throws Exception {
		try (Admin admin = admin()) {
			admin.createTopics(List.of(new NewTopic(this.name, partitions, (short) 1))).all().get();
			Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
			for (int partition = 0; partition < partitions; partition++) {
				ends.put(new TopicPartition(this.name, partition), OffsetSpec.latest());
			}
			// answered when all of them have a leader
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.ignoreException(ExecutionException.class)
				.until(() -> admin.listOffsets(ends).all().get().size() == partitions);
		}
	}

	Admin admin() {
		return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, this.servers));
	}

	Future<?> send(int partition, String value) {
		return send(partition, null, value.getBytes(StandardCharsets.UTF_8));
	}

	Future<?> send(int partition, byte @Nullable [] key, byte @Nullable [] value) {
		return this.producer.send(new ProducerRecord<>(this.name, partition, key, value));
	}

	void sendAll(int partition, List<String> values) throws Exception {
		List<Future<?>> sent = new ArrayList<>();
		values.forEach((value) -> sent.add(send(partition, value)));
		for (Future<?> each : sent) {
			each.get();
		}
	}

	/**
	 * The properties of an inbound that reads the topic.
	 */
	List<String> properties(String transformer, String... more) {
		String prefix = "mega.connectors.kafka.inbound.orders.";
		List<String> properties = new ArrayList<>(List.of("mega.connectors.kafka.enabled=true",
				"spring.kafka.bootstrap-servers=" + this.servers, prefix + "topics=" + this.name,
				prefix + "transformer=" + transformer, prefix + "group-id=g-" + this.name,
				// a consumer that was killed is to be missed soon
				prefix + "properties[session.timeout.ms]=3000", prefix + "properties[heartbeat.interval.ms]=300"));
		for (String property : more) {
			properties.add(prefix + property);
		}
		return properties;
	}

	@Override
	public void close() {
		this.producer.close();
	}

}
