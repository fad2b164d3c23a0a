package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The bytes that a sender signs, put together from its request.
 */
final class SignedContent {

	/** The body and nothing else. */
	static final String BODY = "{body}";

	private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]+)}");

	private final List<Part> parts = new ArrayList<>();

	/**
	 * Reads a template.
	 * @throws IllegalArgumentException if it does not contain the body
	 */
	SignedContent(String template) {
		if (!template.contains(BODY)) {
			throw new IllegalArgumentException("does not contain " + BODY + ", so that any body could be sent");
		}
		Matcher matcher = PLACEHOLDER.matcher(template);
		int end = 0;
		while (matcher.find()) {
			byte[] literal = template.substring(end, matcher.start()).getBytes(StandardCharsets.UTF_8);
			this.parts.add((headers, body) -> literal);
			this.parts.add(matcher.group().equals(BODY) ? (headers, body) -> body : header(matcher.group(1)));
			end = matcher.end();
		}
		byte[] rest = template.substring(end).getBytes(StandardCharsets.UTF_8);
		this.parts.add((headers, body) -> rest);
	}

	private static Part header(String name) {
		return (headers, body) -> {
			String value = headers.first(name);
			// the server has read each byte as one character
			return (value != null) ? value.getBytes(StandardCharsets.ISO_8859_1) : null;
		};
	}

	/**
	 * Returns the bytes in pieces.
	 * @return the pieces, or {@code null} if the request lacks a header
	 */
	byte @Nullable [][] of(RequestHeaders headers, byte[] body) {
		byte[][] bytes = new byte[this.parts.size()][];
		for (int i = 0; i < bytes.length; i++) {
			byte[] part = this.parts.get(i).of(headers, body);
			if (part == null) {
				return null;
			}
			bytes[i] = part;
		}
		return bytes;
	}

	private interface Part {

		byte @Nullable [] of(RequestHeaders headers, byte[] body);

	}

}
