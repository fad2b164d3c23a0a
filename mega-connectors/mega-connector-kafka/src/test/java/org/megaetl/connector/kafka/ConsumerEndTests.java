package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.pipeline.PipelineState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that end by themselves.
 */
class ConsumerEndTests extends KafkaRuns {

	@Test
	void oneThatEndedWithAnErrorIsStartedAgain() throws Exception {
		FailingInterceptor.failAt("2");
		start("properties[interceptor.classes]=" + FailingInterceptor.class.getName());
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		this.topic.sendAll(0, Records.numbers(2, 10));
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.RETRYING);
		assertThat(pipeline().status().reason()).contains("a consumer has ended (ERROR) and is started again");
		this.records.awaitCount(10);
		assertThat(this.records.bodies()).containsExactlyElementsOf(Records.numbers(1, 10));
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.RUNNING);
	}

	@Test
	void oneWhosePlaceAnotherTookIsStartedAgainWhenAnOperatorResumes() throws Exception {
		start("properties[group.instance.id]=one");
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(Map.of("bootstrap.servers",
				this.kafka.bootstrapServers(), "group.id", "g-" + this.topic.name(), "group.instance.id", "one-0"),
				new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
			other.subscribe(List.of(this.topic.name()));
			Awaitility.await().atMost(Records.PATIENCE).pollInSameThread().until(() -> {
				other.poll(Duration.ofMillis(100));
				return pipeline().status().state() == PipelineState.FAILED;
			});
		}
		assertThat(pipeline().status().reason()).contains("Another consumer has the same group.instance.id");
		pipeline().resume();
		this.topic.send(0, "2").get();
		this.records.awaitCount(2);
	}

	/**
	 * It would poll on, without any heartbeat.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void oneWhoseAuthenticationWasRefusedOnceIsStartedAgain(String protocol) throws Exception {
		List<String> properties = this.topic.properties(RecordsApplication.TRANSFORMER,
				"properties[group.protocol]=" + protocol);
		properties.removeIf((property) -> property.contains("session.timeout") || property.contains("heartbeat"));
		properties.add(FaultyConsumers.PROPERTY);
		run(properties);
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		context().getBean(FaultyConsumers.class).failPoll(new SaslAuthenticationException("not now"));
		Awaitility.await()
			.atMost(Records.PATIENCE)
			.until(() -> String.valueOf(pipeline().status().reason()).contains("a consumer has ended"));
		assertThat(pipeline().status().reason()).contains("SaslAuthenticationException: not now");
		this.topic.send(0, "2").get();
		this.records.awaitCount(2);
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.RUNNING);
	}

	/**
	 * The broker refuses a member once, which would never join again.
	 */
	@Test
	void oneThatTheBrokerRefusesAsAMemberIsStartedAgain() throws Exception {
		Map<String, Object> properties = Map.of("bootstrap.servers", this.kafka.bootstrapServers(), "group.id",
				"g-" + this.topic.name(), "group.instance.id", "one-0", "group.protocol", "consumer");
		try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			other.subscribe(List.of(this.topic.name()));
			Awaitility.await().atMost(Records.PATIENCE).pollInSameThread().until(() -> {
				other.poll(Duration.ofMillis(100));
				return !other.assignment().isEmpty();
			});
			List<String> own = this.topic.properties(RecordsApplication.TRANSFORMER,
					"properties[group.protocol]=consumer", "properties[group.instance.id]=one");
			own.removeIf((property) -> property.contains("session.timeout") || property.contains("heartbeat"));
			run(own);
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.until(() -> String.valueOf(pipeline().status().reason()).contains("a consumer has ended (ERROR"));
			assertThat(pipeline().status().reason()).contains("UnreleasedInstanceIdException")
				.contains("is started again");
		}
		this.topic.send(0, "1").get();
		this.records.awaitCount(1);
		Awaitility.await().atMost(Records.PATIENCE).until(() -> pipeline().status().state() == PipelineState.RUNNING);
	}

}
