package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slot that a reader has leased, for as long as it says that it lives.
 */
final class ClaimSlot implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ClaimSlot.class);

	/** The position of a slot in which nothing was committed yet. */
	private static final String NOTHING = "-";

	/** How long to wait for what is good but not needed. */
	private static final Duration COURTESY = Duration.ofSeconds(2);

	private final StatefulConnection<String, byte[]> connection;

	private final ClaimStore store;

	private final int number;

	private final ScheduledFuture<?> heartbeat;

	private volatile boolean leased = true;

	private @Nullable Claim claim;

	private String position = NOTHING;

	ClaimSlot(RedisSession session, ClaimStore store, int number, ScheduledExecutorService heartbeats,
			Duration interval) {
		this.connection = session.connection();
		this.store = store;
		this.number = number;
		this.heartbeat = heartbeats.scheduleAtFixedRate(this::renew, interval.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	ClaimStore store() {
		return this.store;
	}

	int number() {
		return this.number;
	}

	private void renew() {
		this.store.renew(this.number).whenComplete((renewed, failure) -> {
			// where it failed, the reader finds out by itself
			if (failure == null && !renewed) {
				this.leased = false;
			}
		});
	}

	/**
	 * Lets the reader look for a slot again: for what was claimed in this one by a
	 * command that was late, if it is still free.
	 */
	void giveUp() {
		this.leased = false;
	}

	boolean isLeased() {
		return this.leased;
	}

	/**
	 * Takes over its position.
	 */
	void claim(PullPipeline pipeline) throws InterruptedException {
		Claim claim = pipeline.claim(key(), NOTHING);
		this.claim = claim;
		this.position = claim.position();
	}

	String key() {
		return "slot-" + this.number;
	}

	PositionAdvance advance(String to) {
		return Objects.requireNonNull(this.claim).advance(this.position, to);
	}

	/**
	 * Returns how many items of a claim were committed.
	 */
	int committed(String token) {
		return this.position.startsWith(token + ":") ? Integer.parseInt(this.position.substring(token.length() + 1))
				: 0;
	}

	/**
	 * Notes that its position was committed.
	 */
	void moved(String to) {
		this.position = to;
	}

	/**
	 * Forgets attempts that are nobody's fault.
	 */
	void forget(String token, long left) {
		tryTo("forget attempts", () -> this.store.setAttempts(this.number, token, left));
	}

	/**
	 * Ends the lease, so that others need not wait for its end.
	 */
	@Override
	public void close() {
		this.heartbeat.cancel(false);
		tryTo("end the lease", () -> this.store.release(this.number));
	}

	/**
	 * Does what is good but not needed, also when the thread is to stop: a server that
	 * does not answer must not hold that up.
	 */
	private void tryTo(String what, Runnable action) {
		boolean interrupted = Thread.interrupted();
		Duration timeout = this.connection.getTimeout();
		this.connection.setTimeout((timeout.compareTo(COURTESY) < 0) ? timeout : COURTESY);
		try {
			action.run();
		}
		catch (RedisException ex) {
			logger.debug("Could not {} of slot {}", what, this.number, ex);
		}
		finally {
			this.connection.setTimeout(timeout);
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
