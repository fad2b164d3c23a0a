package org.megaetl.checkpoint;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Identifies the transaction of one batch. Stored in it, so that its outcome can be
 * looked up when the connection died during the commit.
 *
 * @param value a random number
 */
public record BatchToken(UUID value) {

	/**
	 * Returns a new token.
	 * @return a token nobody has had
	 */
	public static BatchToken random() {
		return new BatchToken(UUID.randomUUID());
	}

	/**
	 * Returns the token as it is stored.
	 * @return 16 bytes
	 */
	public byte[] toBytes() {
		return ByteBuffer.allocate(16)
			.putLong(this.value.getMostSignificantBits())
			.putLong(this.value.getLeastSignificantBits())
			.array();
	}

	@Override
	public String toString() {
		return this.value.toString();
	}

}
