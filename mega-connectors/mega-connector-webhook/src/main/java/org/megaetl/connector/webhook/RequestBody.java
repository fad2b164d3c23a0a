package org.megaetl.connector.webhook;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

import jakarta.servlet.ServletInputStream;
import org.megaetl.connector.webhook.InFlight.Ticket;

/**
 * The bytes of a body as they arrive. No more is kept than a body may have.
 */
final class RequestBody {

	private static final int FIRST_SIZE = 8192;

	private final long announced;

	private final boolean taken;

	private final int maxSize;

	private final Ticket ticket;

	private byte[] bytes;

	private int length;

	/**
	 * Creates a body without bytes.
	 * @param announced how many there will be, or -1 if that is not known
	 * @param taken whether some were read before, so that what is left is not the body
	 * @param maxSize how many there may be
	 * @param ticket counts them
	 * @throws RefusedException if too many are announced
	 */
	RequestBody(long announced, boolean taken, int maxSize, Ticket ticket) throws RefusedException {
		this.announced = announced;
		this.taken = taken;
		this.maxSize = maxSize;
		this.ticket = ticket;
		if (announced > maxSize) {
			throw tooLarge(announced + " bytes are announced");
		}
		this.bytes = new byte[(announced >= 0) ? (int) Math.min(announced, FIRST_SIZE) : FIRST_SIZE];
	}

	/**
	 * Reads what is there.
	 * @return whether that is all of a body whose size was announced
	 */
	boolean readWhatIsThere(ServletInputStream input) throws IOException, RefusedException {
		while (this.length < this.announced && input.available() > 0) {
			if (!read(input)) {
				throw new EOFException(this.length + " of " + this.announced + " bytes arrived");
			}
		}
		return this.length == this.announced;
	}

	/**
	 * Returns whether what has arrived is the body. A filter that has read it may also
	 * let it be read again.
	 */
	boolean isComplete() {
		return (this.announced < 0) ? (this.length > 0 || !this.taken) : this.length == this.announced;
	}

	/**
	 * Reads once.
	 * @return whether there may be more
	 */
	boolean read(ServletInputStream input) throws IOException, RefusedException {
		if (this.length == this.bytes.length) {
			int size = Math.max(FIRST_SIZE, (int) Math.min(this.length * 2L, this.maxSize + 1L));
			this.bytes = Arrays.copyOf(this.bytes, size);
		}
		int count = input.read(this.bytes, this.length, this.bytes.length - this.length);
		if (count < 0) {
			return false;
		}
		this.length += count;
		if (this.length > this.maxSize) {
			throw tooLarge("more arrived");
		}
		this.ticket.grow(count);
		return true;
	}

	private RefusedException tooLarge(String reason) {
		return new RefusedException(
				Answer.tooLarge("The body of a request may have " + this.maxSize + " bytes at most."), reason);
	}

	/**
	 * Returns the bytes that have arrived; not a copy if all that were announced have.
	 */
	byte[] toBytes() {
		return (this.length == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.length);
	}

}
