package org.megaetl.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a pipeline's state: changes it where that is allowed, and logs each change once.
 */
final class PipelineMonitor {

	private static final Logger logger = LoggerFactory.getLogger(Pipeline.class);

	private final PipelineName name;

	private final Clock clock;

	/** Who tries in vain, and why. One of several parts may, while the others go on. */
	private final Map<Object, String> troubles = new LinkedHashMap<>();

	private PipelineStatus status;

	private int resumptions;

	private volatile @Nullable Instant lastEvent;

	private @Nullable Instant lastErrorAt;

	private @Nullable String lastError;

	private volatile boolean stopping;

	PipelineMonitor(PipelineName name, Clock clock) {
		this.name = name;
		this.clock = clock;
		this.status = new PipelineStatus(PipelineState.STARTING, Instant.now(clock), null, 0);
	}

	synchronized PipelineStatus status() {
		return this.status;
	}

	synchronized PipelineActivity activity() {
		return new PipelineActivity(this.lastEvent, this.lastErrorAt, this.lastError);
	}

	/**
	 * Notes that events are settled.
	 */
	void settled() {
		this.lastEvent = Instant.now(this.clock);
	}

	private void failed(String reason) {
		this.lastErrorAt = Instant.now(this.clock);
		this.lastError = reason;
	}

	synchronized boolean is(PipelineState state) {
		return this.status.state() == state;
	}

	/**
	 * Notes that the application is about to stop: until it is started again, threads may
	 * be interrupted to end them.
	 */
	void stopping() {
		this.stopping = true;
	}

	boolean isStopping() {
		return this.stopping || is(PipelineState.STOPPED);
	}

	/**
	 * Changes the state.
	 * @return whether the pipeline was not in that state before
	 * @throws IllegalStateException if the present state does not allow it
	 */
	synchronized boolean become(PipelineState state, @Nullable String reason) {
		PipelineState before = this.status.state();
		if (before == state) {
			return false;
		}
		if (!before.canBecome(state)) {
			throw new IllegalStateException(
					"Pipeline '" + this.name + "' is " + before + " and cannot become " + state + " from there");
		}
		if (before == PipelineState.STOPPED) {
			this.stopping = false;
		}
		if (state != PipelineState.RETRYING) {
			// whoever goes on to try in vain will say so again
			this.troubles.clear();
		}
		int attempts = this.status.attempts();
		this.status = new PipelineStatus(state, Instant.now(this.clock), reason, 0);
		notifyAll();
		try (PipelineLog log = PipelineLog.of(this.name)) {
			log(before, reason, attempts);
		}
		return true;
	}

	private void log(PipelineState before, @Nullable String reason, int attempts) {
		PipelineState state = this.status.state();
		switch (state) {
			case RETRYING -> logger.warn("Pipeline '{}' is retrying: {}", this.name, reason);
			case FAILED -> logger.error("Pipeline '{}' has failed: {}", this.name, reason);
			case RUNNING -> {
				if (before == PipelineState.RETRYING) {
					logger.info("Pipeline '{}' is running again after {} failed attempts", this.name, attempts);
				}
				else {
					logger.debug("Pipeline '{}' is running", this.name);
				}
			}
			case PAUSED -> logger.info("Pipeline '{}' is paused", this.name);
			default -> logger.debug("Pipeline '{}' is {}", this.name, state);
		}
	}

	/**
	 * Ends a pause or a failure. A pipeline that waits for the database or its source
	 * goes on to: only an attempt shows that it works again.
	 * @throws IllegalStateException if the pipeline has not started or is stopped
	 */
	synchronized void resume() {
		PipelineState state = this.status.state();
		if (state == PipelineState.STARTING || state == PipelineState.STOPPED) {
			throw new IllegalStateException("Pipeline '" + this.name + "' is " + state
					+ " and cannot be resumed: it starts and stops with the application");
		}
		if (state != PipelineState.RETRYING && become(PipelineState.RUNNING, null)) {
			this.resumptions++;
		}
	}

	/**
	 * Returns how often a pause or a failure has ended.
	 */
	synchronized int resumptions() {
		return this.resumptions;
	}

	/**
	 * Gives up, unless the pipeline is stopped anyway.
	 */
	synchronized void fail(String reason) {
		if (this.status.state() != PipelineState.STOPPED) {
			failed(reason);
			become(PipelineState.FAILED, reason);
		}
	}

	/**
	 * Waits while the pipeline is paused or has failed. Not while it is retrying: whoever
	 * was may have let go of its batch.
	 * @return {@code false} if it is stopped instead
	 */
	synchronized boolean awaitRunning() throws InterruptedException {
		while (this.status.state() == PipelineState.PAUSED || this.status.state() == PipelineState.FAILED) {
			wait();
		}
		return this.status.state() != PipelineState.STOPPED;
	}

	/**
	 * Waits for a while, or until the pipeline is stopped or fails.
	 */
	synchronized void pause(Duration time) throws InterruptedException {
		long deadline = System.nanoTime() + time.toNanos();
		long remaining = time.toMillis();
		while (remaining > 0 && this.status.state() != PipelineState.STOPPED
				&& this.status.state() != PipelineState.FAILED) {
			wait(remaining);
			remaining = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
		}
	}

	/**
	 * Notes one more attempt in vain of the pipeline as a whole.
	 */
	void attemptFailed(String reason) {
		attemptFailed(this, reason);
	}

	/**
	 * Notes one more attempt in vain. Where the pipeline does not run, the reason for
	 * that stays.
	 * @param who who has tried: from now on until it succeeds, the pipeline is retrying
	 * @param reason why it was in vain
	 */
	synchronized void attemptFailed(Object who, String reason) {
		failed(reason);
		if (this.status.state() == PipelineState.RUNNING) {
			become(PipelineState.RETRYING, reason);
		}
		PipelineStatus current = this.status;
		if (current.state() != PipelineState.RETRYING) {
			return;
		}
		this.troubles.put(who, reason);
		this.status = new PipelineStatus(current.state(), current.since(), reason, current.attempts() + 1);
	}

	/**
	 * Notes that what the pipeline as a whole has tried works again.
	 */
	void succeeded() {
		succeeded(this);
	}

	/**
	 * Notes that what somebody has tried works again. The pipeline goes on to retry as
	 * long as others try in vain.
	 * @param who who has tried
	 */
	synchronized void succeeded(Object who) {
		PipelineStatus current = this.status;
		if (current.state() != PipelineState.RETRYING) {
			return;
		}
		boolean wasInTrouble = gone(who);
		if (this.troubles.isEmpty()) {
			become(PipelineState.RUNNING, null);
		}
		else if (wasInTrouble) {
			this.status = new PipelineStatus(current.state(), current.since(), this.troubles.values().iterator().next(),
					current.attempts());
		}
	}

	/**
	 * Notes that somebody tries no more, without having succeeded.
	 * @return whether it was in trouble
	 */
	synchronized boolean gone(Object who) {
		return this.troubles.remove(who) != null;
	}

}
