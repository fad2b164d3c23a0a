package org.megaetl.actuate;

import java.util.Locale;
import java.util.Set;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * {@link SanitizingFunction} for those who show the values of properties in the endpoints
 * {@code env} and {@code configprops}: passwords, keys, tokens and URLs that may have
 * them are never shown, whoever asks.
 */
class SecretValues implements SanitizingFunction {

	/** What a whole key under which everything is secret ends or begins with. */
	private static final Set<String> PARTS = Set.of("secret", "password", "passwd", "token", "credential", "key",
			"headers", "authorization", "jaas", "userinfo");

	@Override
	public SanitizableData apply(SanitizableData data) {
		if (data.getValue() == null) {
			return data;
		}
		String key = data.getKey().toLowerCase(Locale.ROOT);
		if (PARTS.stream().anyMatch(key::contains)) {
			return data.withSanitizedValue();
		}
		String value = data.getValue().toString();
		return (mayHaveCredentials(value) || mentionsSecret(value)) ? data.withSanitizedValue() : data;
	}

	/**
	 * Returns whether a value sets other properties, as arguments, options of the JVM and
	 * JSON do, and secret ones among them.
	 */
	private static boolean mentionsSecret(String value) {
		if (value.indexOf('=') < 0 && value.indexOf(':') < 0) {
			return false;
		}
		String lower = value.toLowerCase(Locale.ROOT);
		return PARTS.stream().anyMatch(lower::contains);
	}

	/**
	 * Returns whether a value looks like a URL with a user, a query or, over HTTP or a
	 * WebSocket, a path that may be a key.
	 */
	private static boolean mayHaveCredentials(String value) {
		int end = value.indexOf("://");
		if (end < 0) {
			return false;
		}
		String scheme = value.substring(0, end).toLowerCase(Locale.ROOT);
		String rest = value.substring(end + 3);
		return rest.indexOf('@') >= 0 || rest.indexOf('?') >= 0
				|| (scheme.startsWith("http") || scheme.startsWith("ws")) && rest.indexOf('/') >= 0;
	}

}
