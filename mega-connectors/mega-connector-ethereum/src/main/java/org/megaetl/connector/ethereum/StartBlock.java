package org.megaetl.connector.ethereum;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Where a chain is read from the first time.
 */
final class StartBlock {

	private final String start;

	/**
	 * Creates a start.
	 * @param start a number, {@code earliest}, {@code latest}, or a time
	 * @throws IllegalArgumentException if it is none of them
	 */
	StartBlock(String start) {
		this.start = start;
		if (!start.matches("\\d{1,18}|earliest|latest")) {
			time();
		}
	}

	/**
	 * Returns the number of the first block to read.
	 */
	long find(ChainReader reader) throws InterruptedException {
		return switch (this.start) {
			case "earliest" -> 0;
			case "latest" -> reader.heads().target() + 1;
			default -> this.start.matches("\\d+") ? Long.parseLong(this.start)
					: reader.firstBlockSince(time().getEpochSecond());
		};
	}

	private Instant time() {
		try {
			return OffsetDateTime.parse(this.start).toInstant();
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("'" + this.start + "' is not a block's number, earliest, latest, or a "
					+ "time such as 2026-01-01T00:00:00Z", ex);
		}
	}

}
