package org.megaetl.event;

/**
 * Where in its source an event stands. A source is made of parts that advance on their
 * own (Kafka's partitions; a source of one part has one key), so a position is a key and
 * a value. Both are opaque to the engine, which only stores them and compares them for
 * equality. An adapter with many events implements this on its own numbers, so that text
 * is made only for the positions that are stored.
 */
public interface SourcePosition {

	/**
	 * Returns the part of the source, such as {@code orders-3}; at most 255 characters.
	 * @return the key, the same for all events of one part
	 */
	String key();

	/**
	 * Returns the event's own place in that part, as an operator would name it.
	 * @return the place; at most 255 characters
	 */
	String value();

	/**
	 * Returns the place from which the source is read on once this event is done.
	 * @return the place to store as checkpoint; at most 255 characters
	 */
	String next();

	/**
	 * Returns a position of the given parts.
	 * @param key the part of the source
	 * @param value the event's place in it
	 * @param next the place to resume from when the event is done
	 * @return the position
	 */
	static SourcePosition of(String key, String value, String next) {
		return new SimpleSourcePosition(key, value, next);
	}

}
