package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret to sign with.
 */
final class HmacKey {

	private final SecretKeySpec key;

	HmacKey(byte[] secret, HmacAlgorithm algorithm) {
		this.key = new SecretKeySpec(secret, algorithm.standardName());
	}

	static HmacKey ofText(String secret, HmacAlgorithm algorithm) {
		return new HmacKey(secret.getBytes(StandardCharsets.UTF_8), algorithm);
	}

	byte[] sign(byte[]... parts) {
		try {
			Mac mac = Mac.getInstance(this.key.getAlgorithm());
			mac.init(this.key);
			for (byte[] part : parts) {
				mac.update(part);
			}
			return mac.doFinal();
		}
		catch (NoSuchAlgorithmException | InvalidKeyException ex) {
			throw new IllegalStateException("This Java platform has no " + this.key.getAlgorithm(), ex);
		}
	}

}
