package org.megaetl.connector.kafka;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the batches of one consumer: for so many that it polls, transforms and writes
 * at the same time, unless all consumers of the application have many, or such as fill
 * the memory. Then others keep the processors busy, and each has room for one.
 */
final class BatchRoom {

	/** One is being transformed; the others are ready, or in one transaction. */
	static final int MAX_BATCHES = 3;

	/** How many all consumers have before each has only one. */
	static final int MAX_ALL_BATCHES = 16;

	private final All all;

	private int batches;

	private long bytes;

	/**
	 * Creates the room of a consumer.
	 * @param all counts the batches of all consumers
	 */
	BatchRoom(All all) {
		this.all = all;
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
		return this.batches == 0 || (this.batches < MAX_BATCHES && this.all.hasRoom());
	}

	/**
	 * A batch is under way.
	 * @param bytes what its records hold
	 */
	synchronized void take(long bytes) {
		this.batches++;
		this.bytes += bytes;
		this.all.batches.incrementAndGet();
		this.all.bytes.addAndGet(bytes);
	}

	/**
	 * A batch is settled.
	 * @param bytes what its records hold
	 */
	synchronized void release(long bytes) {
		this.batches--;
		this.bytes -= bytes;
		this.all.batches.decrementAndGet();
		this.all.bytes.addAndGet(-bytes);
		notifyAll();
	}

	/**
	 * No batch is under way any more, also none that was never settled.
	 */
	synchronized void clear() {
		this.all.batches.addAndGet(-this.batches);
		this.all.bytes.addAndGet(-this.bytes);
		this.batches = 0;
		this.bytes = 0;
	}

	/**
	 * Returns whether no batch is under way.
	 */
	synchronized boolean isEmpty() {
		return this.batches == 0;
	}

	/**
	 * The batches of all consumers.
	 */
	static final class All {

		private final AtomicInteger batches = new AtomicInteger();

		private final AtomicLong bytes = new AtomicLong();

		private final long enoughBytes;

		/**
		 * Creates the count.
		 * @param enoughBytes how many bytes they hold before each consumer has only one
		 */
		All(long enoughBytes) {
			this.enoughBytes = enoughBytes;
		}

		private boolean hasRoom() {
			return this.batches.get() < MAX_ALL_BATCHES && this.bytes.get() < this.enoughBytes;
		}

	}

}
