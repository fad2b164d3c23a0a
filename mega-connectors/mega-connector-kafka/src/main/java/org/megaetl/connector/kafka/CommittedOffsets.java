package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Kafka how far partitions are written, for tools that show a group's lag. Nothing
 * is read from there, so a failure is left to the next commit.
 */
final class CommittedOffsets {

	private static final Logger logger = LoggerFactory.getLogger(CommittedOffsets.class);

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Map<TopicPartition, Long> committed = new HashMap<>();

	/**
	 * Commits what is not committed yet, without waiting.
	 * @return whether there was anything
	 */
	boolean commit(Consumer<?, ?> consumer, Collection<AssignedPartition> partitions) {
		Map<TopicPartition, OffsetAndMetadata> offsets = due(partitions);
		if (!offsets.isEmpty()) {
			offsets.forEach((partition, offset) -> this.committed.put(partition, offset.offset()));
			try {
				consumer.commitAsync(offsets, (committed, failure) -> {
					if (failure != null) {
						logger.debug("Offsets are not committed to Kafka now: {}", committed, failure);
						notCommitted(committed);
					}
				});
			}
			catch (RuntimeException ex) {
				notCommitted(offsets);
				throw ex;
			}
		}
		return !offsets.isEmpty();
	}

	private void notCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
		offsets.forEach((partition, offset) -> this.committed.remove(partition, offset.offset()));
	}

	/**
	 * Commits what is not committed yet, and waits for that a moment: the last chance
	 * before the partitions are somebody else's.
	 */
	void commitNow(Consumer<?, ?> consumer, Collection<AssignedPartition> partitions) {
		Map<TopicPartition, OffsetAndMetadata> offsets = due(partitions);
		if (!offsets.isEmpty()) {
			try {
				consumer.commitSync(offsets, PATIENCE);
			}
			catch (RuntimeException ex) {
				logger.debug("Offsets are not committed to Kafka: {}", offsets, ex);
			}
		}
	}

	void forget(TopicPartition partition) {
		this.committed.remove(partition);
	}

	private Map<TopicPartition, OffsetAndMetadata> due(Collection<AssignedPartition> partitions) {
		Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
		for (AssignedPartition partition : partitions) {
			long stored = partition.stored();
			if (!Long.valueOf(stored).equals(this.committed.get(partition.partition()))) {
				offsets.put(partition.partition(), new OffsetAndMetadata(stored));
			}
		}
		return offsets;
	}

}
