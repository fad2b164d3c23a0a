package org.megaetl.connector.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Partitions that the brokers have, and that cannot be read all the same.
 */
class PartitionFailureTests {

	private static final Duration LONG = Duration.ofSeconds(6);

	@Test
	void oneWithACorruptRecordKeepsNoOtherFromBeingRead() throws Exception {
		try (TestKafka kafka = TestKafka.createWithOwnServer(Map.of());
				TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 2);
				TestTopic alone = new TestTopic(kafka, 1)) {
			topic.send(0, "corrupt").get();
			alone.send(0, "corrupt").get();
			kafka.server().stop();
			corrupt(kafka, topic.name());
			corrupt(kafka, alone.name());
			kafka.server().start();
			Records records = new Records(database);
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(topic.properties(RecordsApplication.TRANSFORMER), database.toProperties())) {
				for (int number = 1; number <= 5; number++) {
					topic.send(1, String.valueOf(number)).get();
					records.awaitCount(number);
				}
				awaitLong(context, PipelineState.RUNNING);
			}
			try (ConfigurableApplicationContext context = RecordsApplication
				.run(alone.properties(RecordsApplication.TRANSFORMER), database.toProperties())) {
				awaitLong(context, PipelineState.RETRYING);
				assertThat(pipeline(context).status().reason()).contains(alone.name() + "-0");
			}
			assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 5));
		}
	}

	@Test
	void oneOfATopicThatMayNotBeReadKeepsNoOtherFromBeingRead() throws Exception {
		try (TestKafka kafka = TestKafka.createWithOwnServer(Map.of("authorizer.class.name",
				"org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found", "true"));
				TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic secret = new TestTopic(kafka, 1);
				Admin admin = topic.admin()) {
			secret.send(0, "secret").get();
			// includes that to describe it
			allow(admin, secret.name(), AclOperation.WRITE);
			Records records = new Records(database);
			List<String> properties = topic.properties(RecordsApplication.TRANSFORMER);
			properties.replaceAll((property) -> property.endsWith(".topics=" + topic.name())
					? property + "," + secret.name() : property);
			try (ConfigurableApplicationContext context = RecordsApplication.run(properties, database.toProperties())) {
				for (int number = 1; number <= 5; number++) {
					topic.send(0, String.valueOf(number)).get();
					records.awaitCount(number);
				}
				awaitLong(context, PipelineState.RUNNING);
				allow(admin, secret.name(), AclOperation.READ);
				records.awaitCount(6);
				assertThat(records.bodies()).endsWith("5", "secret");
			}
		}
	}

	/**
	 * Changes the last record of partition 0, of which the broker notices nothing.
	 */
	private static void corrupt(TestKafka kafka, String topic) throws Exception {
		Path log = kafka.server().directory().resolve("data").resolve(topic + "-0").resolve("00000000000000000000.log");
		byte[] bytes = Files.readAllBytes(log);
		bytes[bytes.length - 2] ^= 1;
		Files.write(log, bytes);
	}

	private static void allow(Admin admin, String topic, AclOperation operation) throws Exception {
		AclBinding binding = new AclBinding(new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
				new AccessControlEntry("User:*", "*", operation, AclPermissionType.ALLOW));
		admin.createAcls(List.of(binding)).all().get();
	}

	private static void awaitLong(ConfigurableApplicationContext context, PipelineState state) {
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline(context).status().state() == state);
		Awaitility.await()
			.during(LONG)
			.atMost(LONG.plusSeconds(10))
			.until(() -> pipeline(context).status().state() == state);
	}

	private static Pipeline pipeline(ConfigurableApplicationContext context) {
		return context.getBean(Pipelines.class).all().iterator().next();
	}

}
