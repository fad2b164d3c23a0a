package org.megaetl.connector.webhook.auth;

import java.security.MessageDigest;

import org.jspecify.annotations.Nullable;

/**
 * Checks an HMAC that is alone in a header.
 */
final class HmacAuthenticator implements Authenticator {

	private final HmacSettings settings;

	private final SignedContent signed;

	private final Keys<HmacKey> keys;

	private final TimestampWindow window;

	HmacAuthenticator(HmacSettings settings, Keys<HmacKey> keys, TimestampWindow window) {
		this.settings = settings;
		this.signed = new SignedContent(settings.signed());
		this.keys = keys;
		this.window = window;
	}

	@Override
	public @Nullable String check(RequestHeaders headers, byte[] body) {
		String header = this.settings.header();
		String value = headers.first(header);
		if (value == null) {
			return "there is no header " + header;
		}
		if (!value.startsWith(this.settings.prefix())) {
			return "the header " + header + " does not start with '" + this.settings.prefix() + "'";
		}
		byte[] signature = this.settings.encoding().decode(value.substring(this.settings.prefix().length()));
		if (signature == null) {
			return "the signature in the header " + header + " is not in " + this.settings.encoding();
		}
		byte[][] content = this.signed.of(headers, body);
		if (content == null) {
			return "a header that is part of what is signed is missing";
		}
		boolean matches = false;
		for (HmacKey key : this.keys.current()) {
			matches |= MessageDigest.isEqual(key.sign(content), signature);
		}
		if (!matches) {
			return "the signature in the header " + header + " does not match";
		}
		String timestampHeader = this.settings.timestampHeader();
		return (timestampHeader != null) ? this.window.check(headers.first(timestampHeader)) : null;
	}

}
