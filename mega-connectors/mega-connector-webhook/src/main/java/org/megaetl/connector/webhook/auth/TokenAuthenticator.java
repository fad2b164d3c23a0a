package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import org.jspecify.annotations.Nullable;

/**
 * Checks what is the same in every request: a bearer token, or user and password.
 */
final class TokenAuthenticator implements Authenticator {

	private final String scheme;

	private final boolean encoded;

	private final String challenge;

	private final Keys<byte[]> tokens;

	private TokenAuthenticator(String scheme, boolean encoded, String challenge, Keys<byte[]> tokens) {
		this.scheme = scheme;
		this.encoded = encoded;
		this.challenge = challenge;
		this.tokens = tokens;
	}

	static TokenAuthenticator bearer(Keys<byte[]> tokens) {
		return new TokenAuthenticator("Bearer ", false, "Bearer", tokens);
	}

	static TokenAuthenticator basic(Keys<byte[]> usersWithPasswords) {
		return new TokenAuthenticator("Basic ", true, "Basic realm=\"webhook\"", usersWithPasswords);
	}

	@Override
	public @Nullable String check(RequestHeaders headers, byte[] body) {
		String header = headers.first("Authorization");
		if (header == null) {
			return "there is no header Authorization";
		}
		if (!header.regionMatches(true, 0, this.scheme, 0, this.scheme.length())) {
			return "the header Authorization is not of the scheme " + this.scheme.trim();
		}
		String credentials = header.substring(this.scheme.length()).trim();
		byte[] given = this.encoded ? SignatureEncoding.BASE64.decode(credentials)
				: credentials.getBytes(StandardCharsets.ISO_8859_1);
		if (given == null) {
			return "the header Authorization is not in Base64";
		}
		boolean matches = false;
		for (byte[] token : this.tokens.current()) {
			matches |= MessageDigest.isEqual(given, token);
		}
		return matches ? null : "the credentials in the header Authorization are not known";
	}

	@Override
	public String challenge() {
		return this.challenge;
	}

}
