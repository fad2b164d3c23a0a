package org.megaetl.connector.ethereum.rpc;

/**
 * How many calls an endpoint gets in one request: fewer where it has refused more, and
 * more again after a while, as it may have been the answers that were too long.
 */
final class BatchSize {

	private static final int MOST = 100;

	/** So many batches are accepted before a larger one is tried. */
	private static final int PATIENCE = 100;

	private int current = MOST;

	private int accepted;

	synchronized int current() {
		return this.current;
	}

	/**
	 * Notes what was accepted where more was refused.
	 */
	synchronized void settle(int calls) {
		this.current = Math.min(this.current, calls);
		this.accepted = 0;
	}

	/**
	 * Notes that a batch was accepted.
	 */
	synchronized void accepted(int calls) {
		if (calls >= this.current && this.current < MOST && ++this.accepted >= PATIENCE) {
			this.current = Math.min(MOST, this.current * 2);
			this.accepted = 0;
		}
	}

}
