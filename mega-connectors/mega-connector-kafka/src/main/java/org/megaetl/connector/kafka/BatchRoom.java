package org.megaetl.connector.kafka;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for the batches of one consumer: for so many that it polls, transforms and writes
 * at the same time, unless all consumers of the application have many. Then others keep
 * the processors busy, and each has room for one.
 */
final class BatchRoom {

	/** One is being transformed; the others are ready, or in one transaction. */
	static final int MAX_BATCHES = 6;

	/** How many all consumers have before each has only one. */
	static final int MAX_ALL_BATCHES = 16;

	private final AtomicInteger all;

	private int batches;

	/**
	 * Creates the room of a consumer.
	 * @param all counts the batches of all consumers
	 */
	BatchRoom(AtomicInteger all) {
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
		return this.batches == 0 || (this.batches < MAX_BATCHES && this.all.get() < MAX_ALL_BATCHES);
	}

	/**
	 * A batch is under way.
	 */
	synchronized void take() {
		this.batches++;
		this.all.incrementAndGet();
	}

	/**
	 * A batch is settled.
	 */
	synchronized void release() {
		this.batches--;
		this.all.decrementAndGet();
		notifyAll();
	}

	/**
	 * Returns whether no batch is under way.
	 */
	synchronized boolean isEmpty() {
		return this.batches == 0;
	}

}
