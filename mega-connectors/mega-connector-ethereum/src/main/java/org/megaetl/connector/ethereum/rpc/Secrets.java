package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What of an endpoint's settings must never be printed: user, password, path, query and
 * headers.
 */
final class Secrets {

	/** Shorter parts of a path are words, such as "v3". */
	private static final int MIN_LENGTH = 6;

	private final URI url;

	private final List<String> values = new ArrayList<>();

	Secrets(URI url, Map<String, String> headers) {
		this.url = url;
		add(basic());
		add(url.getUserInfo());
		for (String text : new String[] { url.getUserInfo(), url.getPath(), url.getQuery(), url.getRawUserInfo(),
				url.getRawPath(), url.getRawQuery() }) {
			addParts(text, "[/&=:]");
		}
		headers.values().forEach(this::add);
		headers.values().forEach((value) -> addParts(value, "[\\s,;=]+"));
		// what is part of another would leave the rest of that
		this.values.sort(Comparator.comparingInt(String::length).reversed());
	}

	private void addParts(@Nullable String text, String separators) {
		for (String part : (text != null) ? text.split(separators) : new String[0]) {
			add(part);
		}
	}

	private void add(@Nullable String value) {
		if (value != null && value.length() >= MIN_LENGTH) {
			this.values.add(value);
		}
	}

	/**
	 * Returns what follows "Basic" in the header.
	 * @return user and password encoded, or {@code null} if the URL has none
	 */
	@Nullable String basic() {
		String user = this.url.getUserInfo();
		return (user != null) ? Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)) : null;
	}

	URI urlWithoutUser() {
		String rawUser = this.url.getRawUserInfo();
		return (rawUser != null) ? URI.create(this.url.toString().replaceFirst("\\Q" + rawUser + "@\\E", ""))
				: this.url;
	}

	/**
	 * Returns a text of somebody else's without what must not be printed.
	 */
	String hideIn(String text) {
		String hidden = text;
		for (String value : this.values) {
			hidden = hidden.replace(value, "***");
		}
		return hidden;
	}

	@Override
	public String toString() {
		return "***";
	}

}
