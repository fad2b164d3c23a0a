package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * A {@code uint256} as a column can hold it: DECIMAL has 65 digits at most, of 78. As 32
 * bytes, big-endian, in a VARBINARY(32) column, all of them fit, and sort as numbers do.
 */
public final class Uint256 {

	private static final int BYTES = 32;

	private Uint256() {
	}

	/**
	 * Returns a number as bytes.
	 * @param value the number, from 0 to 2^256 - 1
	 * @return 32 bytes, big-endian
	 * @throws IllegalArgumentException if it is negative or larger
	 */
	public static byte[] toBytes(BigInteger value) {
		if (value.signum() < 0 || value.bitLength() > BYTES * Byte.SIZE) {
			throw new IllegalArgumentException(value + " is no uint256");
		}
		byte[] significant = value.toByteArray();
		byte[] bytes = new byte[BYTES];
		int length = Math.min(significant.length, BYTES);
		System.arraycopy(significant, significant.length - length, bytes, BYTES - length, length);
		return bytes;
	}

	/**
	 * Returns bytes as a number.
	 * @param bytes 32 bytes at most, big-endian
	 * @return the number
	 * @throws IllegalArgumentException if there are more bytes
	 */
	public static BigInteger fromBytes(byte[] bytes) {
		if (bytes.length > BYTES) {
			throw new IllegalArgumentException(Arrays.toString(bytes) + " has more than 32 bytes");
		}
		return new BigInteger(1, bytes);
	}

}
