package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Makes consumers that let a reader do its work between their polls.
 */
final class ReaderConsumerFactory extends DefaultKafkaConsumerFactory<byte[], byte[]> {

	private final KafkaReader reader;

	ReaderConsumerFactory(Map<String, Object> properties, KafkaReader reader) {
		super(properties, reader::deserializer, reader::deserializer);
		this.reader = reader;
	}

	@Override
	protected Consumer<byte[], byte[]> createRawConsumer(Map<String, Object> properties) {
		return UnresolvedBrokersException.make(KafkaClients.bootstrapServers(properties),
				() -> new ReadingConsumer(properties));
	}

	private final class ReadingConsumer extends ExtendedKafkaConsumer {

		ReadingConsumer(Map<String, Object> properties) {
			super(properties);
		}

		@Override
		public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			return ReaderConsumerFactory.this.reader.poll(this, super::poll, timeout);
		}

	}

}
