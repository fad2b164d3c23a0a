package org.megaetl.connector.redis;

import java.time.Duration;

/**
 * Says when something is due that one thread does every now and then.
 */
final class Schedule {

	private final long interval;

	private long next = System.nanoTime();

	Schedule(Duration interval) {
		this.interval = interval.toNanos();
	}

	/**
	 * Whether the interval has passed since it was due last. It is due at once at first.
	 */
	boolean isDue() {
		long now = System.nanoTime();
		if (now - this.next < 0) {
			return false;
		}
		this.next = now + this.interval;
		return true;
	}

}
