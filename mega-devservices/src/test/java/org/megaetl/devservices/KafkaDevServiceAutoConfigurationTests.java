package org.megaetl.devservices;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.KafkaAdmin;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaDevServiceAutoConfiguration}.
 */
class KafkaDevServiceAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaDevServiceAutoConfiguration.class, KafkaAutoConfiguration.class))
		.withPropertyValues("mega.connectors.kafka.enabled=true", "mega.connectors.kafka.inbound.orders.topics=orders");

	@Test
	void startsABrokerWithTheTopicsOfTheInboundsAndKeepsThem(@TempDir Path directory) {
		ApplicationContextRunner runner = this.contextRunner
			.withPropertyValues("mega.devservices.kafka.directory=" + directory);
		runner.run((context) -> {
			assertThat(context.getBean(KafkaConnectionDetails.class).getBootstrapServers()).singleElement()
				.asString()
				.startsWith("127.0.0.1:");
			assertThat(context.getBean(KafkaAdmin.class).describeTopics("orders").get("orders").partitions())
				.hasSize(4);
		});
		assertThat(directory.resolve("kafka.log")).exists();
		runner
			.withPropertyValues("mega.connectors.kafka.inbound.orders.topics=payments",
					"mega.devservices.kafka.settings.[num.partitions]=2")
			.run((context) -> assertThat(context.getBean(KafkaAdmin.class).describeTopics("orders", "payments"))
				.hasEntrySatisfying("payments", (topic) -> assertThat(topic.partitions()).hasSize(2)));
	}

	@Test
	void startsNothingWhereABrokerIsConfigured() {
		assertBacksOff("spring.kafka.bootstrap-servers=localhost:1");
		assertBacksOff("spring.kafka.bootstrap-servers[0]=localhost:1");
		assertBacksOff("spring.kafka.consumer.bootstrap-servers=localhost:1");
	}

	@Test
	void startsNothingWhereEveryInboundNamesABroker() {
		assertBacksOff("mega.connectors.kafka.inbound.orders.bootstrap-servers=localhost:1");
	}

	@Test
	void startsNothingWhereNothingIsReadFromKafka() {
		assertBacksOff("mega.connectors.kafka.enabled=false");
	}

	@Test
	void startsNothingWhenTurnedOff() {
		assertBacksOff("mega.devservices.kafka.enabled=false");
		assertBacksOff("mega.devservices.enabled=false");
	}

	private void assertBacksOff(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context).doesNotHaveBean(DevServiceKafkaConnectionDetails.class));
	}

}
