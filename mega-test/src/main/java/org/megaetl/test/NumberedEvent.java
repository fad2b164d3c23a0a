package org.megaetl.test;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An event of the contract: numbered, so that a lost, a doubled or a displaced one shows.
 *
 * @param key the event's key; events of one key keep their order, and each key is a part
 * of the source of its own
 * @param number the event's number among those of its key, from 1
 * @param kind what is to become of it
 */
public record NumberedEvent(int key, int number, Kind kind) {

	private static final Pattern EVENT = Pattern.compile("(\\d+):(\\d+):([A-Z][A-Z_]+)");

	/**
	 * Returns good events of one key.
	 * @param key the key
	 * @param from the first number
	 * @param to the last number
	 * @return the events, in order
	 */
	public static List<NumberedEvent> range(int key, int from, int to) {
		return IntStream.rangeClosed(from, to).mapToObj((number) -> new NumberedEvent(key, number, Kind.GOOD)).toList();
	}

	/**
	 * Returns the event of a payload.
	 * @param payload what {@link #payload()} returned, or a text of the adapter's with
	 * that in it
	 * @return the event
	 */
	static NumberedEvent parse(String payload) {
		Matcher event = EVENT.matcher(payload);
		if (!event.find()) {
			throw new IllegalArgumentException("There is no numbered event in: " + payload);
		}
		return new NumberedEvent(Integer.parseInt(event.group(1)), Integer.parseInt(event.group(2)),
				Kind.valueOf(event.group(3)));
	}

	/**
	 * Returns the event as the source is to deliver it.
	 * @return a line of ASCII text
	 */
	public String payload() {
		return this.key + ":" + this.number + ":" + this.kind;
	}

	/**
	 * What is to become of an event.
	 */
	public enum Kind {

		/**
		 * It is written.
		 */
		GOOD,

		/**
		 * The transformer throws an exception.
		 */
		REFUSED_BY_TRANSFORMER,

		/**
		 * The database refuses its row.
		 */
		REFUSED_BY_DATABASE

	}

}
