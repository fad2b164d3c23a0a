package org.megaetl.checkpoint;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256, which every Java platform has.
 */
public final class Sha256 {

	private Sha256() {
	}

	/**
	 * Returns the hash of bytes.
	 * @param bytes the bytes, such as a payload
	 * @return the hash, 32 bytes
	 */
	public static byte[] of(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
