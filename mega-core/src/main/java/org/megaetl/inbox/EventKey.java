package org.megaetl.inbox;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Sha256;

/**
 * The SHA-256 of an event's id: of one length, whatever senders think of.
 *
 * @param hash 32 bytes
 */
record EventKey(byte[] hash) implements Comparable<EventKey> {

	static EventKey of(String id) {
		return new EventKey(Sha256.of(id.getBytes(StandardCharsets.UTF_8)));
	}

	@Override
	public int compareTo(EventKey other) {
		return Arrays.compareUnsigned(this.hash, other.hash);
	}

	@Override
	public boolean equals(@Nullable Object obj) {
		return obj instanceof EventKey other && Arrays.equals(this.hash, other.hash);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.hash);
	}

}
