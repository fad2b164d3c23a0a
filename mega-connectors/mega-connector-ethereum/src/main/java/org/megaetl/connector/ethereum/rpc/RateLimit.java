package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

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

	private final LongSupplier nanoTime;

	private double perSecond;

	private long freeAt;

	private long changedAt;

	private long windowAt;

	private int taken;

	private int takenBefore;

	/**
	 * Creates a limit.
	 * @param most the most calls in a second
	 * @param nanoTime the time, as {@link System#nanoTime()} gives it
	 */
	RateLimit(double most, LongSupplier nanoTime) {
		this.most = most;
		this.perSecond = most;
		this.nanoTime = nanoTime;
		this.freeAt = nanoTime.getAsLong();
		this.changedAt = this.freeAt;
		this.windowAt = this.freeAt;
	}

	/**
	 * Returns a limit of as many calls as the endpoint takes.
	 * @return the limit
	 */
	public static RateLimit none() {
		return new RateLimit(Double.POSITIVE_INFINITY, System::nanoTime);
	}

	/**
	 * Returns a limit.
	 * @param calls the most calls in a second, at least 1
	 * @return the limit
	 */
	public static RateLimit perSecond(int calls) {
		return new RateLimit(calls, System::nanoTime);
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

	/**
	 * Takes room for calls.
	 * @return in how many nanoseconds there is some
	 */
	synchronized long reserve(int calls) {
		long now = this.nanoTime.getAsLong();
		long start = Math.max(now, this.freeAt);
		this.freeAt = start + (long) (calls * SECOND / this.perSecond);
		return start - now;
	}

	/**
	 * Notes that all calls were answered: if all of the limit is used and nothing has
	 * been refused for a while, it grows.
	 */
	synchronized void answered(int calls) {
		long now = this.nanoTime.getAsLong();
		took(calls, now);
		if (isLearnt() && now - this.changedAt >= PATIENCE && lately(now) >= this.perSecond / 2) {
			this.perSecond = Math.min(this.most, this.perSecond * STEP);
			this.changedAt = now;
		}
	}

	/**
	 * Notes that the endpoint asks for fewer calls: it gets none for a second, or for as
	 * long as it says, and then no more in a second than it has taken.
	 * @param answered how many of the calls that were made at once were answered
	 * @param refused how many of them were not
	 * @param pause how long to make no calls, or {@code null} if the endpoint did not say
	 */
	synchronized void refused(int answered, int refused, @Nullable Duration pause) {
		long now = this.nanoTime.getAsLong();
		took(answered, now);
		this.freeAt = Math.max(this.freeAt, now + Math.max(SECOND, (pause != null) ? pause.toNanos() : 0));
		int lately = lately(now);
		if (!isLearnt()) {
			this.perSecond = Math.max(1, Math.min(this.most / STEP, (lately > 0) ? lately : refused / 2));
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

	private void took(int calls, long now) {
		if (now - this.windowAt >= SECOND) {
			this.takenBefore = (now - this.windowAt < 2 * SECOND) ? this.taken : 0;
			this.taken = 0;
			this.windowAt = now;
		}
		this.taken += calls;
	}

	private boolean isLearnt() {
		return this.perSecond < this.most;
	}

	private int lately(long now) {
		return (now - this.windowAt < 2 * SECOND) ? Math.max(this.taken, this.takenBefore) : 0;
	}

}
