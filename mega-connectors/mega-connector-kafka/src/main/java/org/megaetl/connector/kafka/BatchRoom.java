package org.megaetl.connector.kafka;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the batches of one consumer: for so many records that it polls, transforms and
 * writes at the same time, unless all consumers of the application have many, or such as
 * fill the memory. Then others keep the processors busy, and each has room for one batch.
 * Records are counted, as a poll may return only what is left of an answer: so small ones
 * share a transaction, however many they are.
 */
final class BatchRoom {

	/** One is being transformed; the others are ready, or in one transaction. */
	static final int MAX_POLLS = 3;

	/** How many records all consumers have before each has only one batch. */
	static final int MAX_ALL_RECORDS = 32_000;

	/** How many of its own polls that is at least, for one that polls many records. */
	private static final long MAX_ALL_POLLS = 16;

	private final All all;

	private final int poll;

	private final int fetch;

	private int records;

	private long bytes;

	/**
	 * Creates the room of a consumer.
	 * @param all counts the records of all consumers
	 * @param poll how many records a poll returns at most
	 * @param fetch how many bytes the consumer fetches at once, so that few large records
	 * fill the room
	 */
	BatchRoom(All all, int poll, int fetch) {
		this.all = all;
		this.poll = poll;
		this.fetch = fetch;
	}

	/**
	 * Waits for room for one more batch, but not long.
	 * @param millis how long at most
	 * @return whether there is room
	 * @throws InterruptedException if the thread is to stop
	 */
	synchronized boolean await(long millis) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		while (!hasRoom()) {
			long remaining = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
			if (remaining <= 0) {
				return false;
			}
			wait(remaining);
		}
		return true;
	}

	/**
	 * The first place is nobody else's, so that no consumer waits for the database or the
	 * operator of another.
	 */
	private boolean hasRoom() {
		return this.records == 0 || (this.records <= (MAX_POLLS - 1L) * this.poll
				&& this.bytes <= (MAX_POLLS - 1L) * this.fetch && this.all.hasRoom(this.poll));
	}

	/**
	 * A batch is under way.
	 * @param size what it takes
	 */
	synchronized void take(Size size) {
		add(size.records(), size.bytes());
	}

	/**
	 * A batch is settled. It may have been taken before the room was cleared.
	 * @param size what it took
	 */
	synchronized void release(Size size) {
		add(-Math.min(size.records(), this.records), -Math.min(size.bytes(), this.bytes));
		notifyAll();
	}

	private void add(int records, long bytes) {
		this.records += records;
		this.bytes += bytes;
		this.all.records.addAndGet(records);
		this.all.bytes.addAndGet(bytes);
	}

	/**
	 * No batch is under way any more, also none that was never settled.
	 */
	synchronized void clear() {
		add(-this.records, -this.bytes);
	}

	/**
	 * Returns whether no batch is under way.
	 */
	synchronized boolean isEmpty() {
		return this.records == 0;
	}

	/**
	 * What a batch takes of the room.
	 *
	 * @param records how many records it has; a partition without any counts as one, as
	 * it is under way as well
	 * @param bytes what they hold
	 */
	record Size(int records, long bytes) {

	}

	/**
	 * The records of all consumers.
	 */
	static final class All {

		private final AtomicInteger records = new AtomicInteger();

		private final AtomicLong bytes = new AtomicLong();

		private final long enoughBytes;

		/**
		 * Creates the count.
		 * @param enoughBytes how many bytes they hold before each consumer has only one
		 * batch
		 */
		All(long enoughBytes) {
			this.enoughBytes = enoughBytes;
		}

		private boolean hasRoom(int poll) {
			return this.records.get() < Math.max(MAX_ALL_RECORDS, MAX_ALL_POLLS * poll)
					&& this.bytes.get() < this.enoughBytes;
		}

	}

}
