package org.megaetl.transformers.guest;

import java.io.ByteArrayOutputStream;

/**
 * Keeps the beginning of what is written, and forgets the rest.
 */
public final class LimitedOutput extends ByteArrayOutputStream {

	private final int limit;

	/**
	 * Creates an empty output.
	 * @param limit most bytes that are kept
	 */
	public LimitedOutput(int limit) {
		this.limit = limit;
	}

	@Override
	public synchronized void write(int b) {
		if (this.count < this.limit) {
			super.write(b);
		}
	}

	@Override
	public synchronized void write(byte[] b, int off, int len) {
		super.write(b, off, Math.min(len, Math.max(0, this.limit - this.count)));
	}

}
