package org.megaetl.connector.ethereum.rpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * How much may be answered to calls that belong together, so that memory does not grow
 * with it. It is for one thread.
 */
public final class AnswerLimit {

	/** In the words of providers that have a limit of their own. */
	private static final String TOO_LARGE = "the response is too large: all that was asked for together has more than ";

	private final long most;

	private long used;

	/**
	 * Creates a limit.
	 * @param most the most bytes
	 */
	public AnswerLimit(long most) {
		this.most = most;
	}

	/**
	 * Returns how much was answered so far.
	 * @return the bytes
	 */
	public long used() {
		return this.used;
	}

	/**
	 * Counts what is read of an answer.
	 * @param body the answer
	 * @return the answer, which ends with a {@link RpcErrorException} where it is too
	 * much
	 */
	InputStream count(InputStream body) {
		return new Counted(body);
	}

	private final class Counted extends FilterInputStream {

		Counted(InputStream body) {
			super(body);
		}

		@Override
		public int read() throws IOException {
			int next = super.read();
			add((next >= 0) ? 1 : 0);
			return next;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			add(Math.max(0, read));
			return read;
		}

		private void add(int bytes) {
			AnswerLimit.this.used += bytes;
			if (AnswerLimit.this.used > AnswerLimit.this.most) {
				throw new RpcErrorException(new RpcError(-32000, TOO_LARGE + AnswerLimit.this.most + " bytes"));
			}
		}

	}

}
