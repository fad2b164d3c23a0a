package org.megaetl.transformers.guest;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls of guests that take too long, all with one thread.
 */
public final class CallTimer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CallTimer.class);

	private static final long INTERVAL_MILLIS = 5;

	private final Set<Call> calls = ConcurrentHashMap.newKeySet();

	private @Nullable Thread thread;

	private boolean closed;

	/**
	 * Begins to watch the calls of one instance.
	 * @param onTimeout ends the call under way; called by the timer's thread
	 * @return what begins and ends the calls
	 */
	Call register(Runnable onTimeout) {
		Call call = new Call(onTimeout);
		this.calls.add(call);
		start();
		return call;
	}

	private synchronized void start() {
		if (this.thread == null && !this.closed) {
			this.thread = new Thread(this::run, "mega-guest-timer");
			this.thread.setDaemon(true);
			this.thread.start();
		}
	}

	private void run() {
		try {
			while (true) {
				TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
				this.calls.forEach(Call::check);
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The timer of guests ends with the application");
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.thread != null) {
			this.thread.interrupt();
		}
	}

	/**
	 * The calls of one instance, one after the other.
	 */
	final class Call implements AutoCloseable {

		private final Runnable onTimeout;

		private long timeout;

		private long startedAt;

		private boolean running;

		private boolean timedOut;

		private Call(Runnable onTimeout) {
			this.onTimeout = onTimeout;
		}

		/**
		 * A call begins.
		 * @param timeout how long it may take
		 */
		synchronized void begin(Duration timeout) {
			this.timeout = timeout.toNanos();
			this.startedAt = System.nanoTime();
			this.running = true;
			this.timedOut = false;
		}

		/**
		 * The call has ended, in whatever way.
		 * @return whether it was ended for taking too long
		 */
		synchronized boolean end() {
			this.running = false;
			return this.timedOut;
		}

		private synchronized void check() {
			if (this.running && !this.timedOut && System.nanoTime() - this.startedAt > this.timeout) {
				this.timedOut = true;
				try {
					this.onTimeout.run();
				}
				catch (RuntimeException ex) {
					// the other calls are watched all the same
					logger.error("Ending a guest's call failed", ex);
				}
			}
		}

		@Override
		public void close() {
			CallTimer.this.calls.remove(this);
		}

	}

}
