package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Creates authenticators.
 */
public final class Authenticators {

	/** Lets everybody in. */
	private static final Authenticator NONE = (headers, body) -> null;

	private Authenticators() {
	}

	/**
	 * Creates an authenticator.
	 * @param scheme the way to authenticate
	 * @param hmac describes the HMAC of {@link AuthScheme#HMAC}, else {@code null}
	 * @param secrets the secrets that are valid
	 * @param window how old a signature with a time may be
	 * @return the authenticator
	 * @throws IllegalArgumentException if that is not possible; its message continues a
	 * sentence and contains no secret
	 */
	public static Authenticator create(AuthScheme scheme, @Nullable HmacSettings hmac, SecretSource secrets,
			TimestampWindow window) {
		return switch (scheme) {
			case STANDARD_WEBHOOKS -> new StandardWebhooksAuthenticator(secrets.keys(StandardWebhooksKey::of), window);
			case STRIPE -> new StripeAuthenticator(textKeys(secrets, HmacAlgorithm.SHA256), window);
			case GITHUB -> hmac(HmacSettings.GITHUB, secrets, window);
			case SHOPIFY -> hmac(HmacSettings.SHOPIFY, secrets, window);
			case SLACK -> hmac(HmacSettings.SLACK, secrets, window);
			case HMAC -> {
				if (hmac == null) {
					throw new IllegalArgumentException("'hmac' does not say what is signed");
				}
				yield hmac(hmac, secrets, window);
			}
			case BEARER -> TokenAuthenticator.bearer(secrets.keys(Authenticators::token));
			case BASIC -> TokenAuthenticator.basic(secrets.keys(Authenticators::userWithPassword));
			case NONE -> NONE;
		};
	}

	private static Authenticator hmac(HmacSettings settings, SecretSource secrets, TimestampWindow window) {
		String timestampHeader = settings.timestampHeader();
		if (timestampHeader != null && !settings.signed().contains("{" + timestampHeader + "}")) {
			throw new IllegalArgumentException("the timestamp in the header " + timestampHeader
					+ " is not part of what is signed, so that anybody could change it");
		}
		return new HmacAuthenticator(settings, textKeys(secrets, settings.algorithm()), window);
	}

	private static Keys<HmacKey> textKeys(SecretSource secrets, HmacAlgorithm algorithm) {
		return secrets.keys((secret) -> HmacKey.ofText(secret, algorithm));
	}

	private static byte[] token(String token) {
		if (!token.equals(token.strip())) {
			// around a header's value it has no meaning, so that no sender would match
			throw new IllegalArgumentException("begins or ends with white space");
		}
		return bytes(token);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] userWithPassword(String credentials) {
		int colon = credentials.indexOf(':');
		if (colon < 1 || credentials.substring(colon + 1).isBlank()) {
			throw new IllegalArgumentException("is not of the form 'user:password', with neither of them empty");
		}
		return bytes(credentials);
	}

}
