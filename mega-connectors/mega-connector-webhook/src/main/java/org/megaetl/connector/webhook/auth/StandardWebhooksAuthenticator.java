package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Checks signatures as in the specification of Standard Webhooks: of id, time and body,
 * several of them while a secret is being replaced, symmetric ({@code v1}) and asymmetric
 * ({@code v1a}). Svix's own names of the headers are taken as well.
 */
final class StandardWebhooksAuthenticator implements Authenticator {

	/** More are not looked at: each costs a computation. */
	private static final int MAX_SIGNATURES = 10;

	/**
	 * What stands between id and body in what is signed. At the end of an id it is the
	 * time of a sender, which has ten digits since 2001, where the body goes on with what
	 * could be a time as well.
	 */
	private static final Pattern TIME = Pattern.compile("\\.[0-9]+\\.|\\.[0-9]{10,}$");

	private final Keys<StandardWebhooksKey> keys;

	private final TimestampWindow window;

	StandardWebhooksAuthenticator(Keys<StandardWebhooksKey> keys, TimestampWindow window) {
		this.keys = keys;
		this.window = window;
	}

	@Override
	public @Nullable String check(RequestHeaders headers, byte[] body) {
		String prefix = (headers.first("webhook-signature") != null) ? "webhook-" : "svix-";
		String id = headers.first(prefix + "id");
		String timestamp = headers.first(prefix + "timestamp");
		String header = headers.first(prefix + "signature");
		if (id == null || timestamp == null || header == null) {
			return "one of the headers webhook-id, webhook-timestamp and webhook-signature is missing";
		}
		String otherId = headers.first(prefix.equals("webhook-") ? "svix-id" : "webhook-id");
		if (otherId != null && !otherId.equals(id)) {
			// an event's id may be taken from either
			return "the headers webhook-id and svix-id differ, and only one is signed";
		}
		if (TIME.matcher(id).find()) {
			return "the header webhook-id contains what could be a time, so that a part of another body may be in it";
		}
		List<Map.Entry<String, byte[]>> signatures = signatures(header);
		byte[] signed = (id + "." + timestamp + ".").getBytes(StandardCharsets.ISO_8859_1);
		boolean matches = false;
		for (StandardWebhooksKey key : this.keys.current()) {
			matches |= key.matches(signatures, signed, body);
		}
		return matches ? this.window.check(timestamp) : "no signature in the header webhook-signature matches";
	}

	/**
	 * Returns version and bytes of those signatures that are well-formed.
	 */
	private static List<Map.Entry<String, byte[]>> signatures(String header) {
		List<Map.Entry<String, byte[]>> signatures = new ArrayList<>();
		for (String item : header.split(" ")) {
			int comma = item.indexOf(',');
			byte[] bytes = (comma > 0) ? SignatureEncoding.BASE64.decode(item.substring(comma + 1)) : null;
			if (bytes != null && signatures.size() < MAX_SIGNATURES) {
				signatures.add(Map.entry(item.substring(0, comma), bytes));
			}
		}
		return signatures;
	}

}
