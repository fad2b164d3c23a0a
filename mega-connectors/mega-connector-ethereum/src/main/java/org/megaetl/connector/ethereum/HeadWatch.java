package org.megaetl.connector.ethereum;

import java.time.Duration;

/**
 * Notes how high the chain's head has been, as an endpoint may work and yet know nothing
 * new.
 */
final class HeadWatch {

	/**
	 * Most chains have a block every few seconds; for others, asking elsewhere is in
	 * vain.
	 */
	private static final long PATIENCE = Duration.ofMinutes(1).toNanos();

	private long highest = -1;

	private long since;

	/**
	 * Returns whether another endpoint may know more.
	 * @param latest the number of the latest block of this one
	 * @param now the time in nanoseconds
	 */
	synchronized boolean isSuspect(long latest, long now) {
		if (latest > this.highest) {
			this.highest = latest;
			this.since = now;
			return false;
		}
		boolean suspect = latest < this.highest || now - this.since >= PATIENCE;
		if (suspect) {
			this.since = now;
		}
		return suspect;
	}

}
