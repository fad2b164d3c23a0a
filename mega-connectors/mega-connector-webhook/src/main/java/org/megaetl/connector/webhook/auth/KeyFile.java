package org.megaetl.connector.webhook.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file, one a line, such as Kubernetes mounts them. The file is read again, at
 * most once a second, so that a key can be replaced without a restart. What cannot be
 * read leaves the keys as they are.
 *
 * @param <K> the type of the keys
 */
final class KeyFile<K> implements Keys<K> {

	private static final Logger logger = LoggerFactory.getLogger(KeyFile.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final Path file;

	private final Function<String, K> parser;

	private final Clock clock;

	private List<String> lines;

	private volatile Content<K> content;

	/**
	 * Reads the file.
	 * @throws IllegalArgumentException if it cannot be read or holds no key
	 */
	KeyFile(Path file, Function<String, K> parser, Clock clock) {
		this.file = file;
		this.parser = parser;
		this.clock = clock;
		try {
			this.lines = read();
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("the file '" + file + "' cannot be read: " + ex, ex);
		}
		this.content = new Content<>(parse(this.lines), clock.instant());
	}

	@Override
	public List<K> current() {
		Instant now = this.clock.instant();
		Content<K> content = this.content;
		return (content.isFresh(now) ? content : readAgain(now)).keys();
	}

	private synchronized Content<K> readAgain(Instant now) {
		if (this.content.isFresh(now)) {
			return this.content;
		}
		List<K> keys = this.content.keys();
		try {
			List<String> read = read();
			if (!read.equals(this.lines)) {
				keys = parse(read);
				logger.info("The secrets in '{}' were changed: {} are valid now", this.file, keys.size());
				this.lines = read;
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.warn("The secrets in '{}' could not be read again, those read before stay valid: {}", this.file,
					ex.toString());
		}
		Content<K> current = new Content<>(keys, now);
		this.content = current;
		return current;
	}

	private List<String> read() throws IOException {
		return Files.readAllLines(this.file, StandardCharsets.UTF_8)
			.stream()
			// editors of Windows begin a file with it
			.map((line) -> line.replace("\uFEFF", "").strip())
			.filter((line) -> !line.isEmpty())
			.toList();
	}

	private List<K> parse(List<String> lines) {
		if (lines.isEmpty()) {
			throw new IllegalArgumentException("the file '" + this.file + "' holds no secret");
		}
		return lines.stream().map((line) -> SecretSource.parse(line, this.parser)).toList();
	}

	/**
	 * What was in the file.
	 *
	 * @param keys the keys
	 * @param read when it was looked at
	 * @param expiry when it must be looked at again
	 */
	private record Content<K>(List<K> keys, Instant read, Instant expiry) {

		private Content(List<K> keys, Instant read) {
			this(keys, read, read.plus(INTERVAL));
		}

		/**
		 * Returns whether it need not be looked at yet. A clock may also be set back: the
		 * file must not be left alone until it has caught up.
		 */
		private boolean isFresh(Instant now) {
			return now.isBefore(this.expiry) && !now.isBefore(this.read);
		}

	}

}
