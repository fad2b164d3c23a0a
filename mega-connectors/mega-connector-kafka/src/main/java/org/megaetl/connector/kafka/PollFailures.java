package org.megaetl.connector.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls of a consumer that fail because of some of its partitions: the others are read
 * on.
 */
final class PollFailures {

	private static final Logger logger = LoggerFactory.getLogger(PollFailures.class);

	private final PullPipeline pipeline;

	private final ConsumerPartitions partitions;

	PollFailures(PullPipeline pipeline, ConsumerPartitions partitions) {
		this.pipeline = pipeline;
		this.partitions = partitions;
	}

	/**
	 * Does what a failure of some partitions asks for.
	 * @param failure what the poll threw
	 * @return whether that is all there is to do
	 */
	boolean isOfSome(RuntimeException failure) {
		if (failure instanceof OffsetOutOfRangeException ex) {
			logger.debug("What is next is not there", ex);
			// what was read before is still to be written: it is nowhere else any more
			this.partitions.claimAgain(this.partitions.reading(ex.partitions()), divergence(ex));
			return true;
		}
		if (failure instanceof NoOffsetForPartitionException ex) {
			// assigned, but the client asks where to begin before it says so
			logger.debug("The position is not known yet", ex);
			this.partitions.holdBack(ex.partitions());
			return true;
		}
		if (failure instanceof TopicAuthorizationException ex && !ex.unauthorizedTopics().isEmpty()) {
			Predicate<TopicPartition> unauthorized = (each) -> ex.unauthorizedTopics().contains(each.topic());
			rest(unauthorized, ex);
			// one may be of a topic that rests already
			return !this.partitions.reading().isEmpty() || this.partitions.assigned().stream().anyMatch(unauthorized);
		}
		// of any other failure, the client may have dropped records of others
		return failure instanceof KafkaException
				&& rest((partition) -> isNamed(partition, String.valueOf(failure.getMessage())), failure);
	}

	/**
	 * Returns from where on a log has other records than those that were read, as far as
	 * that is known.
	 */
	private static Map<TopicPartition, Long> divergence(OffsetOutOfRangeException failure) {
		Map<TopicPartition, Long> divergence = new HashMap<>();
		if (failure instanceof LogTruncationException truncation) {
			truncation.divergentOffsets().forEach((partition, offset) -> divergence.put(partition, offset.offset()));
		}
		return divergence;
	}

	private boolean rest(Predicate<TopicPartition> selected, RuntimeException failure) {
		List<AssignedPartition> failed = this.partitions.reading()
			.stream()
			.filter((each) -> selected.test(each.partition()))
			.toList();
		if (failed.isEmpty()) {
			return false;
		}
		logger.warn("Pipeline '{}': the partitions {} cannot be read and are tried again, and the others are read",
				this.pipeline.name(), failed, failure);
		this.partitions.rest(failed, String.valueOf(failure));
		return true;
	}

	/**
	 * Returns whether a message is the client's about a partition of which it has got
	 * something that it cannot use. It says so before it returns any record of others.
	 */
	private static boolean isNamed(TopicPartition partition, String message) {
		return message.contains("the next record from " + partition + ". ")
				|| message.endsWith("topic-partition " + partition)
				|| message.contains("reading messages at " + partition + "=");
	}

}
