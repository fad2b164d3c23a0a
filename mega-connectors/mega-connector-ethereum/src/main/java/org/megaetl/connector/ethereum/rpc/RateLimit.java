package org.megaetl.connector.ethereum.rpc;

import java.util.concurrent.TimeUnit;

/**
 * How many calls an endpoint may get in a second, whoever makes them.
 */
public final class RateLimit {

	/**
	 * As many as there are.
	 */
	public static final RateLimit NONE = new RateLimit(Integer.MAX_VALUE);

	private final int perSecond;

	private long freeAt = System.nanoTime();

	private RateLimit(int perSecond) {
		this.perSecond = perSecond;
	}

	/**
	 * Returns a limit.
	 * @param calls the most calls in a second, at least 1
	 * @return the limit
	 */
	public static RateLimit perSecond(int calls) {
		return new RateLimit(calls);
	}

	/**
	 * Returns the most calls to make at once.
	 */
	int burst() {
		return this.perSecond;
	}

	/**
	 * Waits until there is room for calls, which are paid for by whoever comes next.
	 * @throws EndpointException if the thread is interrupted meanwhile, which it stays
	 */
	void await(int calls) {
		long wait = reserve(calls);
		try {
			if (wait > 0) {
				TimeUnit.NANOSECONDS.sleep(wait);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EndpointException("interrupted while there was no room for another call");
		}
	}

	private synchronized long reserve(int calls) {
		if (this.perSecond == Integer.MAX_VALUE) {
			return 0;
		}
		long now = System.nanoTime();
		long start = Math.max(now, this.freeAt);
		this.freeAt = start + TimeUnit.SECONDS.toNanos(calls) / this.perSecond;
		return start - now;
	}

}
