package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Ends a wait early. What comes before the wait counts; several signals are one.
 */
final class WakeUp {

	/** So that who signals all the time does not cost a provider's calls. */
	private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(100);

	private final Semaphore signals = new Semaphore(0);

	private long lastWake = System.nanoTime() - LEAST;

	void signal() {
		if (this.signals.availablePermits() == 0) {
			this.signals.release();
		}
	}

	/**
	 * Waits for a signal.
	 * @param most how long to wait without one
	 */
	void await(Duration most) throws InterruptedException {
		if (this.signals.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
			long early = this.lastWake + LEAST - System.nanoTime();
			if (early > 0) {
				TimeUnit.NANOSECONDS.sleep(early);
			}
			this.signals.drainPermits();
		}
		this.lastWake = System.nanoTime();
	}

}
