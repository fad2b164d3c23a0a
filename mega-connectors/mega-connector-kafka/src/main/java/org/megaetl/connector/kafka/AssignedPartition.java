package org.megaetl.connector.kafka;

import java.util.Objects;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.EventHeaders;

/**
 * A partition from its assignment to a consumer, or from the loss of its position, until
 * it is taken away or lost again. After that it is gone for good: what was read with it
 * is not written any more, and the next assignment makes a new one.
 */
final class AssignedPartition {

	private final TopicPartition partition;

	private final EventHeaders headers;

	private final long divergence;

	private volatile boolean gone;

	private volatile @Nullable Claimed claimed;

	/** Whether what is read now is of another topic of that name. */
	private volatile boolean superseded;

	/** Why it could not be claimed or read when that was tried last. */
	private volatile @Nullable String silence;

	/** Where to read on from once all that was handed over is committed. */
	private volatile long stored = -1;

	/** Where the next batch begins; of the consumer's thread. */
	private long next;

	private int tries;

	/**
	 * Creates one.
	 * @param partition the partition
	 * @param divergence from where on it has other records than those that were read;
	 * {@link Long#MAX_VALUE} if it has none that are known
	 */
	AssignedPartition(TopicPartition partition, long divergence) {
		this.partition = partition;
		this.divergence = divergence;
		this.headers = EventHeaders.of(RecordMapper.TOPIC, partition.topic(), RecordMapper.PARTITION,
				String.valueOf(partition.partition()));
	}

	TopicPartition partition() {
		return this.partition;
	}

	/**
	 * Returns where the log that was read ends, if that is before its end: other records
	 * have taken the place of those behind.
	 * @param end where the log ends that there is
	 */
	long end(long end) {
		return Math.min(end, this.divergence);
	}

	/**
	 * The headers that every event of this partition has.
	 */
	EventHeaders headers() {
		return this.headers;
	}

	boolean isGone() {
		return this.gone;
	}

	void go() {
		this.gone = true;
	}

	/**
	 * Returns whether what is read now is of another topic of that name: it is not
	 * written, while what was read before still is.
	 */
	boolean isSuperseded() {
		return this.superseded;
	}

	void supersede() {
		this.superseded = true;
	}

	void claimed(Claim claim, Uuid topicId, long position) {
		this.claimed = new Claimed(claim, topicId);
		this.stored = position;
		this.next = position;
	}

	boolean isClaimed() {
		return this.claimed != null;
	}

	Claim claim() {
		return Objects.requireNonNull(this.claimed).claim();
	}

	Uuid topicId() {
		return Objects.requireNonNull(this.claimed).topicId();
	}

	/**
	 * Returns why it could not be claimed or read when that was tried last, or
	 * {@code null} if it could.
	 */
	@Nullable String silence() {
		return this.silence;
	}

	void silence(@Nullable String reason) {
		this.silence = reason;
	}

	/**
	 * Counts how often it was tried in vain, in the consumer's thread.
	 */
	int countTry() {
		return ++this.tries;
	}

	/**
	 * Goes on counting where another assignment of the partition has ended.
	 */
	void countOn(AssignedPartition former) {
		this.tries = former.tries;
	}

	long next() {
		return this.next;
	}

	void next(long next) {
		this.next = next;
		this.tries = 0;
	}

	long stored() {
		return this.stored;
	}

	void stored(long stored) {
		this.stored = stored;
	}

	@Override
	public String toString() {
		return this.partition.toString();
	}

	/**
	 * The right to move the partition's position.
	 *
	 * @param claim the claim
	 * @param topicId which topic it is, of those that had that name
	 */
	private record Claimed(Claim claim, Uuid topicId) {

	}

}
