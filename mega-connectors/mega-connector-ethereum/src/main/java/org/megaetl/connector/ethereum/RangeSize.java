package org.megaetl.connector.ethereum;

import java.util.OptionalLong;

/**
 * How many blocks are asked for at once: more while that works, fewer when an endpoint
 * refuses or much comes back.
 */
final class RangeSize {

	private static final int FIRST = 20;

	/** What one range should bring in at most, so that memory does not grow with it. */
	private static final int MOST_ITEMS = 10_000;

	/** So many ranges are read before one is tried that is as large as one refused. */
	private static final int PATIENCE = 50;

	private final int max;

	private final long mostBytes;

	private int ceiling;

	private int successes;

	private int current;

	RangeSize(int max, long mostBytes) {
		this.max = max;
		this.mostBytes = mostBytes;
		this.ceiling = max;
		this.current = Math.min(FIRST, max);
	}

	synchronized int current() {
		return this.current;
	}

	/**
	 * Returns how many bytes one range may have.
	 */
	long mostBytes() {
		return this.mostBytes;
	}

	/**
	 * Notes that a range was read.
	 * @param blocks how many blocks it had
	 * @param items how many logs or transactions came back
	 * @param bytes how many bytes all of it had
	 */
	synchronized void succeeded(long blocks, long items, long bytes) {
		long load = Math.max(items, bytes * MOST_ITEMS / this.mostBytes);
		if (++this.successes >= PATIENCE) {
			this.ceiling = this.max;
		}
		if (load > MOST_ITEMS) {
			this.current = (int) Math.max(1, Math.min(this.current, blocks * MOST_ITEMS / load));
		}
		else if (blocks >= this.current && load < MOST_ITEMS / 2) {
			this.current = Math.min(this.ceiling, this.current + Math.max(1, this.current / 4));
		}
	}

	/**
	 * Notes that a range was refused.
	 * @param blocks how many blocks it had
	 * @param suggested how many the endpoint would take, which is believed only if it is
	 * fewer
	 */
	synchronized void refused(long blocks, OptionalLong suggested) {
		boolean believed = suggested.isPresent() && suggested.getAsLong() < blocks;
		long fewer = believed ? suggested.getAsLong() : blocks / 2;
		this.current = (int) Math.max(1, Math.min(this.current, fewer));
		long most = believed ? fewer : (fewer + blocks) / 2;
		this.ceiling = (int) Math.max(this.current, Math.min(this.ceiling, most));
		this.successes = 0;
	}

}
