package org.megaetl.transformers.test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * A test of a transformer: an event, and what must become of it.
 *
 * @param name What must hold, in words.
 * @param json The event's payload, as JSON.
 * @param text The event's payload, as text.
 * @param file File with the event's payload.
 * @param headers The event's headers.
 * @param key The event's key.
 * @param id The event's id.
 * @param timestamp The event's time.
 * @param rows Rows expected, as JSON: an object or an array of objects with table, row,
 * mode, key.
 * @param skipped Whether no row is expected.
 * @param error Part of the reason for which the event must be refused.
 */
public record TestCase(@Nullable String name, @Nullable String json, @Nullable String text, @Nullable Resource file,
		@DefaultValue Map<String, String> headers, @Nullable String key, @Nullable String id,
		@Nullable Instant timestamp, @Nullable String rows, @DefaultValue("false") boolean skipped,
		@Nullable String error) {

	private static final String SOURCE = "test.transformer";

	/**
	 * Refuses a test that does not say what it is.
	 * @param place where it is written
	 * @throws InvalidConfigurationException if there is a mistake in it
	 */
	public void check(String place) {
		if (this.name == null || this.name.isBlank()) {
			throw new InvalidConfigurationException(place + " has no name.",
					"Give it a 'name' that says what must hold, such as 'a draft is skipped'.");
		}
		if (Stream.of(this.json, this.text, this.file).filter(Objects::nonNull).count() != 1) {
			throw new InvalidConfigurationException(place + ", '" + this.name + "', must have one event.",
					"Set one of 'json', 'text', 'file'.");
		}
		if (Stream.of(this.rows != null, this.skipped, this.error != null).filter((set) -> set).count() != 1) {
			throw new InvalidConfigurationException(place + ", '" + this.name + "', must expect one thing.",
					"Set one of 'rows', 'skipped', 'error'.");
		}
		if (this.rows != null) {
			ExpectedRow.parse(this.rows, place + ", '" + this.name + "'");
		}
	}

	Event event() {
		EventHeaders all = this.headers.isEmpty() ? EventHeaders.NONE
				: EventHeaders.of(this.headers.entrySet()
					.stream()
					.collect(Collectors.toMap(Map.Entry::getKey, (entry) -> List.of(entry.getValue()))));
		return Event.from(SOURCE, payload()).headers(all).key(this.key).id(this.id).timestamp(this.timestamp).build();
	}

	private byte[] payload() {
		if (this.file == null) {
			return Objects.requireNonNull((this.json != null) ? this.json : this.text).getBytes(StandardCharsets.UTF_8);
		}
		try {
			return this.file.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new InvalidConfigurationException("The test '" + this.name + "' has its event in "
					+ this.file.getDescription() + ", which cannot be read: " + ex.getMessage() + ".",
					"Correct 'file'.", ex);
		}
	}

}
