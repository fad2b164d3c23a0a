package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint, and how it has done lately.
 */
final class EndpointState {

	private static final Logger logger = LoggerFactory.getLogger(EndpointState.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

	private static final Duration LAST_PAUSE = Duration.ofMinutes(1);

	/** What is asked for longer is a mistake, or will be asked for again. */
	private static final Duration LONGEST_ASKED = Duration.ofHours(1);

	private final RpcEndpoint endpoint;

	private final LongSupplier nanoTime;

	private volatile boolean verified;

	private int failures;

	/** How often calls were refused since work was done that can be cut. */
	private int refusals;

	private long blockedUntil;

	/**
	 * Creates the state of an endpoint that has not been used yet.
	 * @param nanoTime the time, as {@link System#nanoTime()} gives it
	 */
	EndpointState(RpcEndpoint endpoint, LongSupplier nanoTime) {
		this.endpoint = endpoint;
		this.nanoTime = nanoTime;
		this.blockedUntil = nanoTime.getAsLong();
	}

	RpcEndpoint endpoint() {
		return this.endpoint;
	}

	/**
	 * Waits for the end of the pause the endpoint was given. Where there are others,
	 * those are tried instead.
	 */
	void awaitRoom(boolean alone) throws InterruptedException {
		long rest = remaining();
		if (rest <= 0) {
			return;
		}
		if (!alone || rest > FIRST_PAUSE.toNanos() * 2) {
			throw new PausedException("it is let alone for " + TimeUnit.NANOSECONDS.toMillis(rest) + " ms");
		}
		TimeUnit.NANOSECONDS.sleep(rest);
	}

	synchronized long remaining() {
		return this.blockedUntil - this.nanoTime.getAsLong();
	}

	boolean isVerified() {
		return this.verified;
	}

	/**
	 * Notes whether the endpoint is known to be of the expected chain.
	 */
	void verified(boolean verified) {
		this.verified = verified;
	}

	/**
	 * Returns whether less work might not have failed: what is refused again and again
	 * may need more calls than there will ever be room for, or be too much at once in
	 * words that ask for fewer calls.
	 */
	synchronized boolean failedByTheWork(EndpointException failure) {
		if (failure instanceof RateLimitException) {
			return this.refusals > 1;
		}
		return !(failure instanceof PausedException || failure instanceof UnreachableException);
	}

	/**
	 * Notes that work was done.
	 * @param divisible whether less of it could have been asked for: that an endpoint
	 * says where the head is does not mean that it takes a range of blocks
	 */
	synchronized void succeeded(boolean divisible) {
		this.failures = 0;
		this.refusals = divisible ? 0 : this.refusals;
	}

	synchronized void failed(EndpointException failure) {
		if (failure instanceof PausedException) {
			return;
		}
		// it may be another node behind that address now
		this.verified = this.verified && failure instanceof RateLimitException;
		long now = this.nanoTime.getAsLong();
		boolean isPaused = this.blockedUntil - now > 0;
		Duration asked = failure.retryAfter();
		if (isPaused && asked == null) {
			// work that was under way at the same time has failed of the same cause
			return;
		}
		if (!isPaused) {
			this.failures++;
			this.refusals += (failure instanceof RateLimitException) ? 1 : 0;
		}
		long pause = (asked != null) ? atMost(LONGEST_ASKED, asked).toNanos() : pause();
		if (isPaused && this.blockedUntil - now >= pause) {
			return;
		}
		this.blockedUntil = now + pause;
		logger.warn("Endpoint {} is let alone for {} ms: {}", this.endpoint, TimeUnit.NANOSECONDS.toMillis(pause),
				failure.getMessage());
	}

	private static Duration atMost(Duration most, Duration time) {
		return (time.compareTo(most) > 0) ? most : time;
	}

	private long pause() {
		return Math.min(LAST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(this.failures - 1, 10));
	}

	/**
	 * The endpoint has a pause, which it was given before.
	 */
	private static final class PausedException extends EndpointException {

		PausedException(String message) {
			super(message);
		}

	}

}
