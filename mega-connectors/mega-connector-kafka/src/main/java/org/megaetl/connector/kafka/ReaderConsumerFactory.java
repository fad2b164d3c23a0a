package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Makes consumers that let a reader do its work between their polls.
 */
final class ReaderConsumerFactory extends DefaultKafkaConsumerFactory<byte[], byte[]> {

	/**
	 * What a broker that assigns partitions itself (KIP-848) refuses a member with: the
	 * consumer says so in one poll, and never joins again, though its polls go on.
	 */
	private static final Set<Class<? extends ApiException>> OVER = Set.of(GroupAuthorizationException.class,
			GroupMaxSizeReachedException.class, InvalidRequestException.class, UnreleasedInstanceIdException.class,
			UnsupportedAssignorException.class, UnsupportedVersionException.class);

	private final KafkaReader reader;

	ReaderConsumerFactory(Map<String, Object> properties, KafkaReader reader) {
		super(properties, reader::deserializer, reader::deserializer);
		this.reader = reader;
	}

	private static boolean isMembershipOver(ApiException failure) {
		return OVER.contains(failure.getClass());
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
				if (this.assignedByBroker && isMembershipOver(ex)) {
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
