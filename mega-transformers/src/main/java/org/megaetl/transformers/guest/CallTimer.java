package org.megaetl.transformers.guest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls of guests that take too long, all with one thread. What counts is the
 * processor's time, so that no event is refused because the machine is slow; a call that
 * uses none is ended, too, but later.
 */
public final class CallTimer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CallTimer.class);

	private static final long INTERVAL_MILLIS = 5;

	/** How many times its processor's time a call may take altogether. */
	private static final int PATIENCE = 10;

	private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final Set<Call> calls = ConcurrentHashMap.newKeySet();

	private @Nullable Thread thread;

	private boolean closed;

	/**
	 * Begins to watch the calls of one instance.
	 * @param onTimeout ends the call under way of the given thread; called by the timer's
	 * thread
	 * @return what begins and ends the calls
	 */
	Call register(Consumer<Thread> onTimeout) {
		Call call = new Call(onTimeout);
		start();
		this.calls.add(call);
		return call;
	}

	private synchronized void start() {
		// not alive also if it could not be started the last time
		if ((this.thread == null || !this.thread.isAlive()) && !this.closed) {
			this.thread = new Thread(this::run, "mega-guest-timer");
			this.thread.setDaemon(true);
			this.thread.start();
		}
	}

	private void run() {
		try {
			while (true) {
				TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
				check();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The timer of guests ends with the application");
		}
	}

	private void check() {
		try {
			this.calls.forEach(Call::check);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			// there was no memory left to report a failure with: the next round tries
			// again
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

		private final Consumer<Thread> onTimeout;

		/** The thread of the call under way, if there is one. */
		private @Nullable Thread caller;

		private long timeout;

		private long startedAt;

		/** The thread's processor time when the call was first looked at. */
		private long timeBefore;

		private boolean seen;

		private boolean timedOut;

		private boolean endingFailed;

		private Call(Consumer<Thread> onTimeout) {
			this.onTimeout = onTimeout;
		}

		/**
		 * A call of the current thread begins.
		 * @param timeout how long it may take
		 */
		synchronized void begin(Duration timeout) {
			this.caller = Thread.currentThread();
			this.timeout = timeout.toNanos();
			this.startedAt = System.nanoTime();
			this.seen = false;
			this.timedOut = false;
			this.endingFailed = false;
		}

		/**
		 * The call has done one of several things, each of which may take so long.
		 */
		synchronized void next() {
			this.startedAt = System.nanoTime();
			this.seen = false;
		}

		/**
		 * The call has ended, in whatever way.
		 * @return whether it was ended for taking too long
		 */
		synchronized boolean end() {
			this.caller = null;
			return this.timedOut;
		}

		private synchronized void check() {
			Thread thread = this.caller;
			if (thread != null && !this.timedOut && isTooLong(thread.getId())) {
				try {
					this.onTimeout.accept(thread);
					this.timedOut = true;
				}
				// the latter also where no thread can be started
				catch (RuntimeException | OutOfMemoryError ex) {
					// the other calls are watched all the same, and this is tried again
					if (!this.endingFailed) {
						this.endingFailed = true;
						logger.error("Ending a guest's call failed", ex);
					}
				}
			}
		}

		private boolean isTooLong(long thread) {
			if (!this.seen) {
				// not when it began: to ask takes as long as many a call
				this.timeBefore = threads.getThreadCpuTime(thread);
				this.seen = true;
			}
			long elapsed = System.nanoTime() - this.startedAt;
			if (elapsed <= this.timeout) {
				return false;
			}
			// -1 where it is not known, as of a virtual thread
			long used = (this.timeBefore >= 0) ? threads.getThreadCpuTime(thread) - this.timeBefore : elapsed;
			return used > this.timeout || elapsed / PATIENCE > this.timeout;
		}

		@Override
		public void close() {
			end();
			CallTimer.this.calls.remove(this);
		}

	}

}
