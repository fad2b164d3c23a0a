package org.megaetl.devservices;

import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The life of a broker.
 */
class KafkaServerTests {

	@Test
	void keepsPortAndTopicsOverStopAndKill() throws Exception {
		try (TestKafka kafka = TestKafka.createWithOwnServer(Map.of())) {
			kafka.createTopics(List.of("orders", "orders", "payments"));
			String address = kafka.bootstrapServers();
			kafka.server().stop();
			assertThat(kafka.server().isRunning()).isFalse();
			kafka.server().start();
			assertThat(topics(kafka)).containsExactlyInAnyOrder("orders", "payments");
			kafka.server().kill();
			assertThat(kafka.server().isRunning()).isFalse();
			kafka.server().start();
			kafka.createTopics(List.of("orders", "more"));
			assertThat(topics(kafka)).containsExactlyInAnyOrder("orders", "payments", "more");
			assertThat(kafka.bootstrapServers()).isEqualTo(address);
		}
	}

	@Test
	void saysWhatTheLogSaysWhenItDoesNotStart() {
		assertThatExceptionOfType(DevServiceException.class)
			.isThrownBy(() -> TestKafka.createWithOwnServer(Map.of("num.io.threads", "none")))
			.withMessageContaining("num.io.threads")
			.withMessageContaining("kafka.log");
	}

	private static Iterable<String> topics(TestKafka kafka) throws Exception {
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
			return admin.listTopics().names().get();
		}
	}

}
