package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

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

	/**
	 * Returns whether a failure is the last that a consumer says of its membership: its
	 * polls go on, but it sends no heartbeat any more. Where the broker assigns the
	 * partitions (KIP-848), that is so after all that cannot be retried, else after what
	 * ends the thread of the heartbeats: its successor waits for a rebalance.
	 */
	private static boolean isMembershipOver(ApiException failure, boolean assignedByBroker) {
		if (!assignedByBroker) {
			return failure instanceof AuthenticationException || failure instanceof GroupAuthorizationException;
		}
		// of topics, or a matter of the container
		return !(failure instanceof RetriableException || failure instanceof TopicAuthorizationException
				|| failure instanceof InvalidTopicException || failure instanceof FencedInstanceIdException);
	}

	@Override
	protected Consumer<byte[], byte[]> createRawConsumer(Map<String, Object> properties) {
		return UnresolvedBrokersException.make(KafkaClients.bootstrapServers(properties),
				() -> new ReadingConsumer(properties));
	}

	private final class ReadingConsumer extends ExtendedKafkaConsumer {

		private final boolean assignedByBroker;

		ReadingConsumer(Map<String, Object> properties) {
			super(properties);
			this.assignedByBroker = KafkaClients.isAssignedByBroker(properties);
		}

		@Override
		public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			try {
				return ReaderConsumerFactory.this.reader.poll(this, super::poll, timeout);
			}
			catch (ApiException ex) {
				if (isMembershipOver(ex, this.assignedByBroker)) {
					throw new MembershipOverError(ex);
				}
				throw ex;
			}
		}

	}

	/**
	 * Ends the container, which would poll on in vain after an exception.
	 */
	private static final class MembershipOverError extends Error {

		private static final long serialVersionUID = 1L;

		MembershipOverError(ApiException cause) {
			super("The consumer is no member of its group any more, and has to be made anew", cause);
		}

	}

}
