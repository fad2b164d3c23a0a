package org.megaetl.connector.ethereum;

import org.jspecify.annotations.Nullable;

/**
 * How far a chain has been read, as it is stored: {@code 124@0x...}.
 *
 * @param next the number of the block to read next
 * @param parentHash the hash of the block before it, or {@code null} if whichever is
 * there will do: at the start, and after a person has set the position
 */
record Cursor(long next, @Nullable String parentHash) {

	/**
	 * Reads a stored position.
	 * @throws UnreadableException if it is none, as what a person has set may be
	 */
	static Cursor parse(String position) {
		String[] parts = position.split("@", 2);
		if (!parts[0].matches("\\d{1,18}")) {
			throw new UnreadableException(position);
		}
		return new Cursor(Long.parseLong(parts[0]), (parts.length > 1) ? parts[1] : null);
	}

	static Cursor after(Header header) {
		return new Cursor(header.number() + 1, header.hash());
	}

	@Override
	public String toString() {
		return (this.parentHash != null) ? this.next + "@" + this.parentHash : String.valueOf(this.next);
	}

	/**
	 * A stored position is none of a chain: only a person can help.
	 */
	static final class UnreadableException extends RuntimeException {

		UnreadableException(String position) {
			super("The position '" + position + "' is not the number of a block in decimal digits");
		}

	}

}
