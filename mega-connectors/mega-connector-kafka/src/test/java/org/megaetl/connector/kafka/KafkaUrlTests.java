package org.megaetl.connector.kafka;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogs;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KafkaUrl} and {@link KafkaUrlEnvironmentPostProcessor}.
 */
class KafkaUrlTests {

	@ParameterizedTest
	@CsvSource({ "kafka://host:19092/order,host:19092,order", "kafka://host/order,host:9092,order",
			"'kafka://a:1,b/o.r_d-1','a:1,b:9092',o.r_d-1", "kafka://[::1]:9093/order,[::1]:9093,order" })
	void namesBrokersAndTopic(String url, String servers, String topic) {
		assertThat(KafkaUrl.parse(url)).isEqualTo(new KafkaUrl(servers, topic));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kafka://host", "kafka://host/" })
	void mayNameNoTopic(String url) {
		assertThat(KafkaUrl.parse(url)).isEqualTo(new KafkaUrl("host:9092", null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "host:9092/order", "http://host/order", "kafka:///order", "kafka://user:secret@host/order",
			"kafka://host/a/b", "kafka://host:port/order", "kafka://a,,b/order", "kafka://host/or der" })
	void isRefusedWithoutBeingQuoted(String url) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> KafkaUrl.parse(url))
			.withMessageStartingWith("KAFKA_URL")
			.withMessageNotContaining("secret");
	}

	@Test
	void isTheBrokerUnlessOneIsConfigured() {
		MockEnvironment environment = new MockEnvironment().withProperty("KAFKA_URL", "kafka://host/order");
		KafkaUrlEnvironmentPostProcessor processor = new KafkaUrlEnvironmentPostProcessor(new DeferredLogs());
		processor.postProcessEnvironment(environment, new SpringApplication());
		assertThat(environment.getProperty("spring.kafka.bootstrap-servers")).isEqualTo("host:9092");
		MockEnvironment configured = new MockEnvironment().withProperty("KAFKA_URL", "kafka://host/order")
			.withProperty("spring.kafka.bootstrap-servers", "other:9092");
		processor.postProcessEnvironment(configured, new SpringApplication());
		assertThat(configured.getProperty("spring.kafka.bootstrap-servers")).isEqualTo("other:9092");
	}

	@Test
	void isNotTheBrokerWhereAListOfThemIsConfigured() {
		MockEnvironment environment = new MockEnvironment().withProperty("KAFKA_URL", "kafka://host/order")
			.withProperty("spring.kafka.bootstrap-servers[0]", "other:9092");
		new KafkaUrlEnvironmentPostProcessor(new DeferredLogs()).postProcessEnvironment(environment,
				new SpringApplication());
		assertThat(environment.getProperty("spring.kafka.bootstrap-servers")).isNull();
	}

}
