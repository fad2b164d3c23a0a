package org.megaetl.connector.webhook.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.format.UnreadableBodyException.Kind;

/**
 * Undoes what the header {@code Content-Encoding} says was done to a body.
 */
public final class ContentEncoding {

	private ContentEncoding() {
	}

	/**
	 * Returns the content of a body.
	 * @param encoding the header's value, or {@code null} if there is none
	 * @param body the body as it arrived
	 * @param maxSize the most bytes the content may have: no more are ever held
	 * @param memory is told of what the content takes, piece by piece, if it is not the
	 * body itself
	 * @param <E> what is thrown if there is no memory left
	 * @return the content
	 * @throws E if the memory is not given
	 * @throws UnreadableBodyException if it is too large, damaged, or encoded in another
	 * way than with gzip
	 */
	public static <E extends Exception> byte[] decode(@Nullable String encoding, byte[] body, int maxSize,
			Memory<E> memory) throws UnreadableBodyException, E {
		if (encoding == null) {
			return body;
		}
		return switch (encoding.trim().toLowerCase(Locale.ROOT)) {
			case "", "identity" -> body;
			case "gzip", "x-gzip" -> gunzip(body, maxSize, memory);
			default -> throw new UnreadableBodyException(Kind.NOT_SUPPORTED,
					"The only content encoding that is taken is gzip.");
		};
	}

	private static <E extends Exception> byte[] gunzip(byte[] body, int maxSize, Memory<E> memory)
			throws UnreadableBodyException, E {
		try (InputStream stream = new Members(body)) {
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			byte[] piece = new byte[8192];
			for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
				if (count > maxSize - content.size()) {
					throw new UnreadableBodyException(Kind.TOO_LARGE,
							"The body of a request may have " + maxSize + " bytes at most when it is decompressed.");
				}
				memory.take(count);
				content.write(piece, 0, count);
			}
			return content.toByteArray();
		}
		catch (IOException ex) {
			throw UnreadableBodyException.malformed("The body is not in the format of gzip: " + ex.getMessage() + ".");
		}
	}

	/**
	 * Bounds the memory that contents take.
	 *
	 * @param <E> what is thrown if there is none left
	 */
	public interface Memory<E extends Exception> {

		/**
		 * Takes some.
		 * @param bytes how much more
		 * @throws E if there is not so much left
		 */
		void take(long bytes) throws E;

	}

	/**
	 * The members of a gzip file. The JDK calls itself for each that is empty, and a
	 * small body has room for more of them than a stack.
	 */
	private static final class Members extends GZIPInputStream {

		private static final int MAX_EMPTY = 100;

		private int empty;

		Members(byte[] body) throws IOException {
			super(new ByteArrayInputStream(body));
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			if (this.empty == MAX_EMPTY) {
				throw new IOException("more than " + MAX_EMPTY + " members in a row are empty");
			}
			this.empty++;
			try {
				return super.read(buffer, offset, length);
			}
			finally {
				this.empty--;
			}
		}

	}

}
