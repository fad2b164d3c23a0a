package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * One thread that reads from Redis: connects, reads until something breaks, and connects
 * again, less and less often.
 */
abstract class RedisReader implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(RedisReader.class);

	private static final Duration FIRST_RETRY = Duration.ofMillis(100);

	private static final Duration LAST_RETRY = Duration.ofSeconds(10);

	private final PullPipeline pipeline;

	private @Nullable BackOffExecution retries;

	private long availableSince;

	RedisReader(PullPipeline pipeline) {
		this.pipeline = pipeline;
	}

	final PullPipeline pipeline() {
		return this.pipeline;
	}

	@Override
	public final void run() {
		try {
			while (this.pipeline.awaitRunning()) {
				connectAndRead();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The adapter stops; what is not acknowledged will be read again", ex);
		}
	}

	private void connectAndRead() throws InterruptedException {
		try {
			read();
		}
		catch (PipelineUnavailableException ex) {
			// stopped, or failed until an operator resumes it; Redis still has all that
			// was not acknowledged
			logger.debug("The pipeline takes nothing", ex);
		}
		// the client cancels what it has not sent when a connection ends
		catch (RedisException | CancellationException ex) {
			// the client turns an interrupt into an exception and a flag, or a cause
			if (Thread.interrupted() || ex.getCause() instanceof InterruptedException) {
				throw new InterruptedException("Interrupted while reading from Redis");
			}
			logger.debug("Redis failed", ex);
			this.pipeline.sourceUnavailable(this, describe(ex));
			pause(Duration.ofMillis(nextRetry()));
		}
		// an error too: the thread must not end while the pipeline looks well
		catch (RuntimeException | Error ex) {
			logger.error("Reading from Redis failed unexpectedly", ex);
			this.pipeline.fail("reading from Redis failed unexpectedly: " + ex);
		}
	}

	/**
	 * Connects and reads, for as long as the pipeline runs.
	 * @throws RedisException if the connection is lost or a command fails
	 * @throws InterruptedException if the thread is to stop
	 */
	abstract void read() throws InterruptedException;

	/**
	 * To be called when reading has begun: what was wrong is over.
	 */
	final void available() {
		this.availableSince = System.nanoTime();
		this.pipeline.sourceAvailable(this);
	}

	/**
	 * A connection that works for a moment only is no reason to begin anew.
	 */
	private long nextRetry() {
		boolean worked = this.availableSince != 0 && System.nanoTime() - this.availableSince > LAST_RETRY.toNanos();
		this.availableSince = 0;
		if (this.retries == null || worked) {
			ExponentialBackOff backOff = new ExponentialBackOff(FIRST_RETRY.toMillis(), 2);
			backOff.setMaxInterval(LAST_RETRY.toMillis());
			backOff.setJitter(FIRST_RETRY.toMillis() / 2);
			this.retries = backOff.start();
		}
		return this.retries.nextBackOff();
	}

	private static String describe(RuntimeException ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		String message = String.valueOf(ex.getMessage());
		return (cause == ex || cause.getMessage() == null || message.contains(cause.getMessage())) ? message
				: message + " (" + cause.getMessage() + ")";
	}

	final void pause(Duration time) throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(time.toMillis());
	}

}
