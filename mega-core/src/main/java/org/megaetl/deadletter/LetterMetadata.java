package org.megaetl.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a dead letter keeps of its event besides the payload. A source may deliver more
 * than a row of the database can hold, which must not hold up the letter: then only
 * beginnings are kept, and a header says so.
 *
 * @param id the event's id, or {@code null}
 * @param key the event's key, or {@code null}
 * @param headers the event's headers, as JSON
 */
record LetterMetadata(@Nullable String id, @Nullable String key, String headers) {

	/**
	 * The header that names what is not whole. The event would be another one, so it is
	 * not replayed.
	 */
	static final String SHORTENED = "mega-shortened";

	/**
	 * The header with a time that the column does not hold as it is: one that is finer
	 * than milliseconds, or too early or too late.
	 */
	private static final String TIMESTAMP = "mega-timestamp";

	private static final int NANOS_PER_MILLI = 1_000_000;

	/** The times that a DATETIME holds, less a second for rounding. */
	private static final Instant EARLIEST = Instant.parse("1000-01-01T00:00:00Z");

	private static final Instant LATEST = Instant.parse("9999-12-31T23:59:58Z");

	private static final int MAX_HEADERS_LENGTH = 1 << 20;

	private static final int MAX_TEXT_LENGTH = 1 << 16;

	/** Of what is longer; all together fits in any {@code max_allowed_packet}. */
	private static final int BEGINNING_LENGTH = 2000;

	private static final int BEGINNINGS_LENGTH = 1 << 16;

	/** Of JSON around a name and a value. */
	private static final int SYNTAX_LENGTH = 8;

	static LetterMetadata of(Event event) {
		List<String> shortened = new ArrayList<>(0);
		String idThatFits = fitting("id", event.id(), shortened);
		String keyThatFits = fitting("key", event.key(), shortened);
		Map<String, List<String>> kept = event.headers().toMap();
		if (length(kept) > MAX_HEADERS_LENGTH) {
			shortened.add("headers");
			kept = beginnings(event.headers()).toMap();
		}
		// a source's own headers of these names say nothing of this letter
		kept.remove(SHORTENED);
		kept.remove(TIMESTAMP);
		if (event.refusal() == null) {
			kept.remove(Event.UNREADABLE);
		}
		if (!shortened.isEmpty()) {
			kept.put(SHORTENED, shortened);
		}
		Instant timestamp = event.timestamp();
		if (timestamp != null && (!isStorable(timestamp) || timestamp.getNano() % NANOS_PER_MILLI != 0)) {
			kept.put(TIMESTAMP, List.of(timestamp.toString()));
		}
		return new LetterMetadata(idThatFits, keyThatFits, JsonMapper.shared().writeValueAsString(kept));
	}

	/**
	 * Returns whether a column of the type DATETIME holds a time.
	 */
	static boolean isStorable(Instant timestamp) {
		return !timestamp.isBefore(EARLIEST) && !timestamp.isAfter(LATEST);
	}

	/**
	 * Takes the time of the event out of the headers of a dead letter.
	 * @param headers the headers as they are stored
	 * @param stored the time in the column, or {@code null}
	 * @return the time as the source gave it, or {@code null} if it gave none
	 */
	static @Nullable Instant takeTimestamp(Map<String, List<String>> headers, @Nullable Instant stored) {
		List<String> exact = headers.remove(TIMESTAMP);
		return (exact != null) ? Instant.parse(exact.get(0)) : stored;
	}

	private static long length(Map<String, List<String>> headers) {
		long length = 0;
		for (Map.Entry<String, List<String>> header : headers.entrySet()) {
			for (String value : header.getValue()) {
				length += length(header.getKey(), value);
			}
		}
		return length;
	}

	private static long length(String name, String value) {
		return SYNTAX_LENGTH + name.length() + value.length();
	}

	private static @Nullable String fitting(String name, @Nullable String text, List<String> shortened) {
		if (text == null || text.length() <= MAX_TEXT_LENGTH) {
			return text;
		}
		shortened.add(name);
		return beginning(text);
	}

	/**
	 * Returns the beginnings of as many headers as fit, the first of them.
	 */
	private static EventHeaders beginnings(EventHeaders headers) {
		List<String> beginnings = new ArrayList<>();
		long[] length = new long[1];
		headers.forEach((name, value) -> {
			String first = beginning(name);
			String second = beginning(value);
			length[0] += length(first, second);
			if (length[0] <= BEGINNINGS_LENGTH) {
				beginnings.add(first);
				beginnings.add(second);
			}
		});
		return EventHeaders.of(beginnings.toArray(String[]::new));
	}

	private static String beginning(String text) {
		return String.valueOf(DeadLetterInsert.limit(text, BEGINNING_LENGTH));
	}

}
