package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Checks Stripe's signatures: a header with a time and one signature for each secret that
 * is valid.
 */
final class StripeAuthenticator implements Authenticator {

	private static final String HEADER = "Stripe-Signature";

	private final Keys<HmacKey> keys;

	private final TimestampWindow window;

	StripeAuthenticator(Keys<HmacKey> keys, TimestampWindow window) {
		this.keys = keys;
		this.window = window;
	}

	@Override
	public @Nullable String check(RequestHeaders headers, byte[] body) {
		String header = headers.first(HEADER);
		if (header == null) {
			return "there is no header " + HEADER;
		}
		String timestamp = null;
		List<byte[]> signatures = new ArrayList<>();
		for (String item : header.split(",")) {
			if (item.startsWith("t=")) {
				timestamp = item.substring(2);
			}
			byte[] signature = item.startsWith("v1=") ? SignatureEncoding.HEX.decode(item.substring(3)) : null;
			if (signature != null) {
				signatures.add(signature);
			}
		}
		if (timestamp == null || signatures.isEmpty()) {
			return "the header " + HEADER + " has no time or no signature of version v1";
		}
		byte[] prefix = (timestamp + ".").getBytes(StandardCharsets.ISO_8859_1);
		boolean matches = false;
		for (HmacKey key : this.keys.current()) {
			byte[] expected = key.sign(prefix, body);
			for (byte[] signature : signatures) {
				matches |= MessageDigest.isEqual(expected, signature);
			}
		}
		return matches ? this.window.check(timestamp) : "no signature in the header " + HEADER + " matches";
	}

}
