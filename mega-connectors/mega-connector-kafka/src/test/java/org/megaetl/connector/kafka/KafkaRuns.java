package org.megaetl.connector.kafka;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.connector.kafka.KafkaConnectorProperties.OnGap;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Tombstones;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PullPipeline;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A topic with two partitions, an empty database, and an application that a test starts
 * to read the one into the other.
 */
abstract class KafkaRuns {

	static final PipelineName PIPELINE = new PipelineName("kafka", "orders");

	final TestKafka kafka = TestKafka.shared();

	final TestDatabase database = TestDatabase.create();

	final Records records = new Records(this.database);

	TestTopic topic = new TestTopic(this.kafka.bootstrapServers(), "t-" + UUID.randomUUID(), Map.of());

	private @Nullable ConfigurableApplicationContext context;

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

	/**
	 * Deletes the topic, and creates another of its name.
	 */
	void createAgain() throws Exception {
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

	/**
	 * Returns a way to the database, of a reader that is the test's own.
	 */
	static DeliveryLane lane(PullPipeline pipeline, KafkaTopics topics, String group, BatchRoom room,
			DeliveryLane.Reader reader) {
		Inbound inbound = new Inbound(List.of("orders"), null, RecordsApplication.TRANSFORMER, null, 1, Start.EARLIEST,
				null, OnGap.CONTINUE, Tombstones.SKIP, null, null, null, null, null, null, Map.of());
		PartitionClaimer claimer = new PartitionClaimer(pipeline, topics, group, inbound,
				Counter.builder("missing").register(new SimpleMeterRegistry()));
		return new DeliveryLane("lane", pipeline, new RecordMapper("kafka.orders", Tombstones.SKIP), topics, claimer,
				null, room, reader);
	}

	static BatchRoom room() {
		return new BatchRoom(new BatchRoom.All(1 << 20), 10, 1 << 20);
	}

	List<String> positions() {
		return context().getBean(PipelinePositions.class)
			.list(PIPELINE)
			.stream()
			.map((position) -> position.key() + "=" + position.position())
			.toList();
	}

	Pipeline pipeline() {
		return context().getBean(Pipelines.class).all().iterator().next();
	}

	ConfigurableApplicationContext context() {
		if (this.context == null) {
			throw new IllegalStateException("Nothing runs");
		}
		return this.context;
	}

	void start(String... more) {
		run(this.topic.properties(RecordsApplication.TRANSFORMER, more));
	}

	void run(List<String> properties) {
		this.context = RecordsApplication.run(properties, this.database.toProperties());
	}

	void stop() {
		if (this.context != null) {
			this.context.close();
			this.context = null;
		}
	}

}
