package org.megaetl.connector.webhook.auth;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A key as Standard Webhooks writes it.
 */
interface StandardWebhooksKey {

	/**
	 * Returns whether one of the signatures is of this key.
	 * @param signatures version and bytes of each
	 * @param prefix what is signed before the body
	 * @param body the body
	 */
	boolean matches(List<Map.Entry<String, byte[]>> signatures, byte[] prefix, byte[] body);

	/**
	 * Reads a key.
	 * @param text a secret in Base64, with or without {@code whsec_} before it, or a
	 * public key with {@code whpk_} before it
	 * @throws IllegalArgumentException if it is neither
	 */
	static StandardWebhooksKey of(String text) {
		if (text.startsWith("whpk_")) {
			return new Asymmetric(decode(text.substring("whpk_".length())));
		}
		byte[] secret = decode(text.startsWith("whsec_") ? text.substring("whsec_".length()) : text);
		if (secret.length == 0) {
			throw new IllegalArgumentException("is empty");
		}
		return new Symmetric(new HmacKey(secret, HmacAlgorithm.SHA256));
	}

	private static byte[] decode(String text) {
		try {
			return Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			// not as the cause, which quotes characters of the secret
			throw new IllegalArgumentException("is not in Base64, with 'whsec_' or 'whpk_' before it");
		}
	}

	/**
	 * A secret for signatures of version {@code v1}.
	 *
	 * @param key the secret
	 */
	record Symmetric(HmacKey key) implements StandardWebhooksKey {

		@Override
		public boolean matches(List<Map.Entry<String, byte[]>> signatures, byte[] prefix, byte[] body) {
			byte[] expected = this.key.sign(prefix, body);
			boolean matches = false;
			for (Map.Entry<String, byte[]> signature : signatures) {
				matches |= signature.getKey().equals("v1") & MessageDigest.isEqual(expected, signature.getValue());
			}
			return matches;
		}

	}

	/**
	 * A public key for signatures of version {@code v1a}, which are Ed25519's (RFC 8032).
	 */
	final class Asymmetric implements StandardWebhooksKey {

		/** What comes before the 32 bytes of such a key in X.509, see RFC 8410. */
		private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

		private final PublicKey key;

		private Asymmetric(byte[] bytes) {
			try {
				ByteArrayOutputStream encoded = new ByteArrayOutputStream();
				encoded.writeBytes(X509_PREFIX);
				encoded.writeBytes(bytes);
				this.key = KeyFactory.getInstance("Ed25519")
					.generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalArgumentException("is no public key of Ed25519, which has 32 bytes", ex);
			}
		}

		@Override
		public boolean matches(List<Map.Entry<String, byte[]>> signatures, byte[] prefix, byte[] body) {
			return signatures.stream()
				.filter((signature) -> signature.getKey().equals("v1a"))
				.anyMatch((signature) -> isOf(signature.getValue(), prefix, body));
		}

		private boolean isOf(byte[] signature, byte[] prefix, byte[] body) {
			try {
				Signature verifier = Signature.getInstance("Ed25519");
				verifier.initVerify(this.key);
				verifier.update(prefix);
				verifier.update(body);
				return verifier.verify(signature);
			}
			catch (SignatureException ex) {
				// it is not even of the right form
				return false;
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("This Java platform has no Ed25519", ex);
			}
		}

	}

}
