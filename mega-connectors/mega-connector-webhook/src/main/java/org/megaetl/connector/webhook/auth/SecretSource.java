package org.megaetl.connector.webhook.auth;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Where an inbound's secrets come from: its configuration, or a file.
 *
 * @param secrets the secrets, or none if they are in a file
 * @param file the file, one secret a line, or {@code null}
 * @param clock tells when to look at the file again
 */
public record SecretSource(List<String> secrets, @Nullable Path file, Clock clock) {

	<K> Keys<K> keys(Function<String, K> parser) {
		if (this.file != null) {
			return new KeyFile<>(this.file, parser, this.clock);
		}
		if (this.secrets.isEmpty()) {
			throw new IllegalArgumentException("there is no secret");
		}
		List<K> keys = this.secrets.stream().map((secret) -> parse(secret, parser)).toList();
		return () -> keys;
	}

	static <K> K parse(String secret, Function<String, K> parser) {
		if (secret.isBlank()) {
			throw new IllegalArgumentException("a secret is empty");
		}
		try {
			return parser.apply(secret);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("a secret " + ex.getMessage(), ex);
		}
	}

	@Override
	public String toString() {
		return "SecretSource[" + ((this.file != null) ? this.file : this.secrets.size() + " secrets") + "]";
	}

}
