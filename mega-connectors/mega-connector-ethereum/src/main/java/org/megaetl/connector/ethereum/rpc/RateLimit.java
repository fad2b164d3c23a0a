package org.megaetl.connector.ethereum.rpc;

import java.util.concurrent.TimeUnit;

/**
 * How many calls an endpoint may get in a second, whoever makes them: no more than are
 * configured, and no more than it has taken when it asked for fewer.
 */
public final class RateLimit {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** So long nothing is refused before a little more is tried. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

	private static final double STEP = 1.25;

	private final double most;

	private double perSecond;

	private long freeAt = System.nanoTime();

	private long changedAt = this.freeAt;

	private long windowAt = this.freeAt;

	private int taken;

	private int takenBefore;

	private RateLimit(double most) {
		this.most = most;
		this.perSecond = most;
	}

	/**
	 * Returns a limit of as many calls as the endpoint takes.
	 * @return the limit
	 */
	public static RateLimit none() {
		return new RateLimit(Double.POSITIVE_INFINITY);
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
	synchronized int burst() {
		return (int) this.perSecond;
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
		long now = System.nanoTime();
		long start = Math.max(now, this.freeAt);
		this.freeAt = start + (long) (calls * SECOND / this.perSecond);
		return start - now;
	}

	/**
	 * Notes that calls were answered: if all of the limit is used and nothing has been
	 * refused for a while, it grows.
	 */
	synchronized void answered(int calls) {
		long now = System.nanoTime();
		if (now - this.windowAt >= SECOND) {
			this.takenBefore = (now - this.windowAt < 2 * SECOND) ? this.taken : 0;
			this.taken = 0;
			this.windowAt = now;
		}
		this.taken += calls;
		if (isLearnt() && now - this.changedAt >= PATIENCE && lately(now) >= this.perSecond / 2) {
			this.perSecond = Math.min(this.most, this.perSecond * STEP);
			this.changedAt = now;
		}
	}

	/**
	 * Notes that the endpoint asks for fewer calls: it gets none for a second, and then
	 * no more in a second than it has taken.
	 * @param calls how many of those were refused that were made at once
	 */
	synchronized void refused(int calls) {
		long now = System.nanoTime();
		this.freeAt = Math.max(this.freeAt, now + SECOND);
		int lately = lately(now);
		if (!isLearnt()) {
			this.perSecond = Math.max(1, Math.min(this.most / STEP, (lately > 0) ? lately : calls / 2));
		}
		// what was sent at the same time is refused for the same reason
		else if (now - this.changedAt >= SECOND) {
			this.perSecond = Math.max(1, this.perSecond / ((lately > 0) ? STEP : 2));
		}
		else {
			return;
		}
		this.changedAt = now;
	}

	private boolean isLearnt() {
		return this.perSecond < this.most;
	}

	private int lately(long now) {
		return (now - this.windowAt < 2 * SECOND) ? Math.max(this.taken, this.takenBefore) : 0;
	}

}
