package org.megaetl.connector.ethereum;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

import com.joemelsha.crypto.hash.Keccak;
import tools.jackson.databind.JsonNode;

/**
 * The filter of 2048 bits in which a block says what addresses and topics its logs have:
 * for each, three bits (section 4.3.1 of the Yellow Paper).
 */
final class Bloom {

	private static final int BYTES = 256;

	private final byte[] bits;

	private Bloom(byte[] bits) {
		this.bits = bits;
	}

	static Bloom of(String hex) {
		byte[] bits = Hex.bytes(hex);
		return new Bloom((bits.length == BYTES) ? bits : new byte[BYTES]);
	}

	/**
	 * Returns the filter of logs.
	 */
	static Bloom of(Iterable<JsonNode> logs) {
		// most of a block's logs are of a few contracts and events, and hashing is slow
		Set<String> values = new HashSet<>();
		for (JsonNode log : logs) {
			values.add(Hex.text(log, "address"));
			log.path("topics").forEach((topic) -> values.add(topic.asString()));
		}
		Bloom bloom = new Bloom(new byte[BYTES]);
		values.forEach((value) -> bloom.add(Hex.bytes(value)));
		return bloom;
	}

	private void add(byte[] value) {
		for (int bit : bits(value)) {
			this.bits[BYTES - 1 - bit / 8] |= (byte) (1 << (bit % 8));
		}
	}

	private static int[] bits(byte[] value) {
		byte[] hash = new Keccak(256).digest(value);
		int[] bits = new int[3];
		for (int i = 0; i < bits.length; i++) {
			bits[i] = ((hash[2 * i] & 0x07) << 8) | (hash[2 * i + 1] & 0xff);
		}
		return bits;
	}

	/**
	 * Returns whether a value may be in a log: never {@code false} if it is.
	 */
	boolean mayContain(byte[] value) {
		for (int bit : bits(value)) {
			if ((this.bits[BYTES - 1 - bit / 8] & (1 << (bit % 8))) == 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Returns how many bits are set: the more, the more values it contains by chance.
	 */
	int bitCount() {
		return BitSet.valueOf(this.bits).cardinality();
	}

	boolean contains(Bloom other) {
		for (int i = 0; i < BYTES; i++) {
			if ((other.bits[i] & ~this.bits[i]) != 0) {
				return false;
			}
		}
		return true;
	}

	@Override
	public boolean equals(Object obj) {
		return obj instanceof Bloom other && Arrays.equals(this.bits, other.bits);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bits);
	}

	@Override
	public String toString() {
		return Hex.of(this.bits);
	}

}
