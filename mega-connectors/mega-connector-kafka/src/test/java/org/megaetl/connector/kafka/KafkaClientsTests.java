package org.megaetl.connector.kafka;

import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.connector.kafka.KafkaConnectorProperties.OnGap;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Tombstones;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaClients}.
 */
class KafkaClientsTests {

	private static final Map<String, Object> SERVERS = Map.of("bootstrap.servers", "127.0.0.1:1");

	@Test
	void producersWaitLongEnoughForTheRequestsOfAnInbound() {
		KafkaClients clients = clients(SERVERS, Map.of("request.timeout.ms", "30000", "linger.ms", "100"));
		assertThat(clients.producer()).containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_100);
		assertThat(clients.buffer()).containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_100);
		create(clients);
	}

	@Test
	void producersWaitAsLongAsIsConfigured() {
		assertThat(clients(SERVERS, Map.of()).producer()).containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
				15_000);
		assertThat(clients(SERVERS, Map.of("delivery.timeout.ms", "20000")).producer())
			.containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000");
		assertThat(clients(Map.of("delivery.timeout.ms", 25_000), Map.of()).buffer())
			.containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 25_000);
	}

	@Test
	void producersDoNotHaveTheInterceptorsOfConsumers() {
		Map<String, String> inbound = Map.of("interceptor.classes", Gate.Interceptor.class.getName());
		KafkaClients clients = clients(SERVERS, inbound);
		assertThat(clients.consumer(0)).containsEntry("interceptor.classes", Gate.Interceptor.class.getName());
		create(clients);
		KafkaClients both = clients(
				Map.of("bootstrap.servers", "127.0.0.1:1", "interceptor.classes", Counting.class.getName()), inbound);
		assertThat(both.buffer()).containsEntry("interceptor.classes", Counting.class.getName());
		create(both);
	}

	/**
	 * A producer that has one may send nothing outside of transactions.
	 */
	@Test
	void producersHaveNoTransactions() {
		KafkaClients clients = clients(Map.of("bootstrap.servers", "127.0.0.1:1", "transactional.id", "shop"),
				Map.of());
		assertThat(clients.producer()).doesNotContainKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
		assertThat(clients.buffer()).doesNotContainKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
		create(clients);
	}

	private static void create(KafkaClients clients) {
		for (Map<String, Object> properties : List.of(clients.producer(), clients.buffer())) {
			new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()).close();
		}
	}

	private static KafkaClients clients(Map<String, Object> producer, Map<String, String> properties) {
		Inbound inbound = new Inbound(List.of("orders"), null, "order", null, 1, Start.EARLIEST, null, OnGap.CONTINUE,
				Tombstones.SKIP, null, null, null, null, null, null, properties);
		PipelineSettings settings = new PipelineSettings(new PipelineName("kafka", "orders"), "order", null,
				RejectPolicy.DEAD_LETTER);
		return new KafkaClients(SERVERS, producer, "group", inbound, settings, new DefaultSslBundleRegistry(), 1);
	}

	/**
	 * An interceptor of producers.
	 */
	public static class Counting implements ProducerInterceptor<byte[], byte[]> {

		@Override
		public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
			return record;
		}

		@Override
		public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
		}

		@Override
		public void close() {
		}

		@Override
		public void configure(Map<String, ?> configs) {
		}

	}

}
