package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a consumer. One is paused when it is assigned, and read once it is
 * claimed, from where the database says. All of it happens in the consumer's thread.
 */
final class ConsumerPartitions {

	private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

	/** The pause doubles that often, as batches may wait while brokers are asked. */
	private static final int DOUBLINGS = 3;

	private final DeliveryLane lane;

	private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();

	/** Those that are read: claimed, and the consumer stands at their position. */
	private final Map<TopicPartition, AssignedPartition> reading = new HashMap<>();

	private final Map<AssignedPartition, Long> retries = new HashMap<>();

	private @Nullable Consumer<byte[], byte[]> consumer;

	private boolean held;

	ConsumerPartitions(DeliveryLane lane) {
		this.lane = lane;
	}

	/**
	 * Takes a new consumer. Those of the last one have been let go.
	 */
	void use(Consumer<byte[], byte[]> consumer) {
		this.consumer = consumer;
		this.held = false;
	}

	boolean belongTo(Consumer<byte[], byte[]> consumer) {
		return this.consumer == consumer;
	}

	private Consumer<byte[], byte[]> consumer() {
		if (this.consumer == null) {
			throw new IllegalStateException("There is no consumer");
		}
		return this.consumer;
	}

	Set<TopicPartition> assigned() {
		return this.assigned.keySet();
	}

	Collection<AssignedPartition> reading() {
		return this.reading.values();
	}

	/**
	 * Returns those of some partitions that are read.
	 */
	List<AssignedPartition> reading(Collection<TopicPartition> partitions) {
		return partitions.stream().map(this.reading::get).filter(Objects::nonNull).toList();
	}

	/**
	 * Returns a partition, or {@code null} if it is not read.
	 */
	@Nullable AssignedPartition reading(TopicPartition partition) {
		return this.reading.get(partition);
	}

	/**
	 * Returns those that could not be claimed or read, if none at all is read.
	 */
	List<AssignedPartition> silent() {
		return this.reading.isEmpty()
				? this.assigned.values().stream().filter((each) -> each.silence() != null).toList() : List.of();
	}

	boolean areAllRead() {
		return this.reading.size() == this.assigned.size();
	}

	void assign(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		partitions.stream().map(this.assigned::get).filter(Objects::nonNull).forEach(AssignedPartition::go);
		if (!partitions.isEmpty()) {
			claim(consumer, partitions, Map.of());
		}
	}

	private void claim(Consumer<?, ?> consumer, Collection<TopicPartition> partitions,
			Map<TopicPartition, Long> divergence) {
		this.lane.claim(renew(consumer, partitions, divergence));
	}

	private List<AssignedPartition> renew(Consumer<?, ?> consumer, Collection<TopicPartition> partitions,
			Map<TopicPartition, Long> divergence) {
		// read when they are claimed, from where the database says
		consumer.pause(partitions);
		partitions.forEach((partition) -> consumer.seek(partition, 0));
		this.reading.keySet().removeAll(partitions);
		List<AssignedPartition> added = partitions.stream()
			.map((each) -> new AssignedPartition(each, divergence.getOrDefault(each, Long.MAX_VALUE)))
			.toList();
		added.forEach((each) -> this.assigned.put(each.partition(), each));
		return added;
	}

	void letGo(Collection<TopicPartition> partitions) {
		for (TopicPartition topicPartition : partitions) {
			AssignedPartition partition = this.assigned.remove(topicPartition);
			if (partition != null) {
				partition.go();
				this.retries.remove(partition);
			}
			this.reading.remove(topicPartition);
		}
	}

	/**
	 * Claims partitions anew, if they still are the consumer's. What was read before may
	 * still be written, if they are not gone.
	 */
	void claimAgain(Collection<AssignedPartition> partitions) {
		claimAgain(partitions, Map.of());
	}

	/**
	 * Claims partitions anew, likewise.
	 * @param partitions the partitions
	 * @param divergence from where on they have other records than those that were read,
	 * as far as they have
	 */
	void claimAgain(Collection<AssignedPartition> partitions, Map<TopicPartition, Long> divergence) {
		List<TopicPartition> mine = partitions.stream()
			.filter(this::isAssigned)
			.map(AssignedPartition::partition)
			.distinct()
			.toList();
		if (!mine.isEmpty()) {
			claim(consumer(), mine, divergence);
		}
	}

	/**
	 * Leaves alone for a while what cannot be read, and claims it anew then. What was
	 * read before is still written.
	 * @param partitions partitions that are read
	 * @param reason why they cannot be
	 */
	void rest(Collection<AssignedPartition> partitions, String reason) {
		for (AssignedPartition partition : partitions) {
			AssignedPartition renewed = renew(consumer(), List.of(partition.partition()), Map.of()).get(0);
			renewed.silence(reason);
			renewed.countOn(partition);
			retryLater(renewed);
		}
	}

	/**
	 * Reads the partitions that are claimed, and claims the others later.
	 * @param tried those that were tried to claim
	 */
	void claimed(Collection<AssignedPartition> tried) {
		tried.stream().filter(this::isAssigned).forEach((partition) -> {
			if (partition.isClaimed()) {
				read(partition);
			}
			else {
				retryLater(partition);
			}
		});
	}

	private void retryLater(AssignedPartition partition) {
		long pause = RETRY_NANOS << Math.min(partition.countTry() - 1, DOUBLINGS);
		this.retries.put(partition, System.nanoTime() + pause);
	}

	private boolean isAssigned(AssignedPartition partition) {
		return this.assigned.get(partition.partition()) == partition;
	}

	private void read(AssignedPartition partition) {
		Consumer<byte[], byte[]> consumer = consumer();
		consumer.seek(partition.partition(), partition.next());
		this.reading.put(partition.partition(), partition);
		if (!this.held) {
			consumer.resume(List.of(partition.partition()));
		}
	}

	/**
	 * Claims those whose time has come.
	 */
	void retry() {
		if (!this.retries.isEmpty()) {
			List<AssignedPartition> due = this.retries.entrySet()
				.stream()
				.filter((entry) -> entry.getValue() - System.nanoTime() < 0)
				.map(Map.Entry::getKey)
				.toList();
			if (!due.isEmpty()) {
				due.forEach(this.retries::remove);
				this.lane.claim(due);
			}
		}
	}

	/**
	 * Reads on, or not.
	 * @param hold whether none of the partitions is to be read for now
	 */
	void hold(boolean hold) {
		if (hold != this.held) {
			if (hold) {
				consumer().pause(this.reading.keySet());
			}
			else {
				consumer().resume(this.reading.keySet());
			}
			this.held = hold;
		}
	}

	/**
	 * Keeps the consumer from reading partitions that it has no position of.
	 */
	void holdBack(Collection<TopicPartition> partitions) {
		Consumer<byte[], byte[]> consumer = consumer();
		Set<TopicPartition> mine = new HashSet<>(partitions);
		mine.retainAll(consumer.assignment());
		mine.removeAll(this.reading.keySet());
		consumer.pause(mine);
		mine.forEach((partition) -> consumer.seek(partition, 0));
	}

}
