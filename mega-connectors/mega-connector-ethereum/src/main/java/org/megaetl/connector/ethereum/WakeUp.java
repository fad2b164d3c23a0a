package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Ends a wait early. What comes before the wait counts; several signals are one.
 */
final class WakeUp {

	private final Semaphore signals = new Semaphore(0);

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
			this.signals.drainPermits();
		}
	}

}
