package org.megaetl.pipeline;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the calls of transformers, all with one thread: a call that takes too long is
 * interrupted, and if that does not help, its pipeline is given up.
 */
final class TransformWatchdog {

	private static final Logger logger = LoggerFactory.getLogger(TransformWatchdog.class);

	private final Duration timeout;

	private final Duration grace;

	private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

	private final Runnable onGivenUp;

	private @Nullable Thread thread;

	/**
	 * Creates a watchdog.
	 * @param timeout how long a call may take before it is interrupted
	 * @param grace how long it may go on after that
	 * @param onGivenUp called when a call did not end, as only a restart frees its thread
	 */
	TransformWatchdog(Duration timeout, Duration grace, Runnable onGivenUp) {
		this.timeout = timeout;
		this.grace = grace;
		this.onGivenUp = onGivenUp;
	}

	synchronized void start() {
		Thread watchdog = new Thread(this::run, "mega-watchdog");
		watchdog.setDaemon(true);
		watchdog.start();
		this.thread = watchdog;
	}

	synchronized void stop() {
		if (this.thread != null) {
			this.thread.interrupt();
		}
	}

	/**
	 * Watches calls of the current thread, until it is closed.
	 * @param monitor knows whether the thread may be meant to stop
	 * @param giveUp called in the watchdog's thread if a call does not end, with the
	 * reason
	 */
	Watch watch(PipelineMonitor monitor, Consumer<String> giveUp) {
		Watch watch = new Watch(monitor, giveUp);
		this.watches.add(watch);
		return watch;
	}

	private void run() {
		long interval = Math.max(10, Math.min(this.timeout.toMillis() / 4, 250));
		try {
			while (true) {
				TimeUnit.MILLISECONDS.sleep(interval);
				this.watches.forEach(this::check);
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The watchdog ends with the application");
		}
	}

	private void check(Watch watch) {
		try {
			watch.check();
		}
		catch (RuntimeException | Error ex) {
			// a listener's: the other calls are watched all the same
			logger.error("Giving up a transformer's call failed", ex);
		}
	}

	/**
	 * The calls of one thread, one after the other.
	 */
	final class Watch implements AutoCloseable {

		private final Thread caller = Thread.currentThread();

		private final PipelineMonitor monitor;

		private final Consumer<String> giveUp;

		private long startedAt;

		private boolean running;

		private boolean interrupted;

		private boolean givenUp;

		private boolean interruptedBefore;

		private Watch(PipelineMonitor monitor, Consumer<String> giveUp) {
			this.monitor = monitor;
			this.giveUp = giveUp;
		}

		/**
		 * A call begins.
		 */
		synchronized void begin() {
			this.startedAt = System.nanoTime();
			this.running = true;
			this.interrupted = false;
			this.interruptedBefore = this.caller.isInterrupted();
		}

		/**
		 * The call is done with one of several events, each of which may take so long.
		 */
		synchronized void next() {
			end();
			begin();
		}

		/**
		 * The call has ended, in whatever way. If its thread is interrupted and nobody
		 * wants it to stop, that is the transformer's doing and ends here.
		 * @return whether it was interrupted for taking too long
		 */
		synchronized boolean end() {
			this.running = false;
			if (this.interrupted) {
				// meant for the call, not for what the thread does next
				Thread.interrupted();
			}
			else if (!this.interruptedBefore && this.caller.isInterrupted() && !this.monitor.isStopping()) {
				Thread.interrupted();
				logger.warn("A transformer has left its thread interrupted");
			}
			return this.interrupted;
		}

		/**
		 * Returns whether the thread that calls may be meant to stop.
		 */
		synchronized boolean isToStop() {
			return this.interruptedBefore || this.monitor.isStopping();
		}

		/**
		 * Returns whether a call did not end in time even when it was interrupted.
		 */
		synchronized boolean isGivenUp() {
			return this.givenUp;
		}

		private synchronized void check() {
			if (!this.running || this.givenUp) {
				return;
			}
			long elapsed = System.nanoTime() - this.startedAt;
			if (!this.interrupted && elapsed > TransformWatchdog.this.timeout.toNanos()) {
				this.interrupted = true;
				this.caller.interrupt();
			}
			else if (elapsed > TransformWatchdog.this.timeout.plus(TransformWatchdog.this.grace).toNanos()) {
				this.givenUp = true;
				this.giveUp.accept("the transformer has not returned for " + TimeUnit.NANOSECONDS.toSeconds(elapsed)
						+ " s, although it was interrupted. Restart the application");
				TransformWatchdog.this.onGivenUp.run();
			}
		}

		Duration timeout() {
			return TransformWatchdog.this.timeout;
		}

		@Override
		public void close() {
			TransformWatchdog.this.watches.remove(this);
		}

	}

}
