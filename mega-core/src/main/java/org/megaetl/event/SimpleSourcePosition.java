package org.megaetl.event;

/**
 * A {@link SourcePosition} that holds its text.
 *
 * @param key the part of the source
 * @param value the event's place in it
 * @param next the place to resume from
 */
record SimpleSourcePosition(String key, String value, String next) implements SourcePosition {

	@Override
	public String toString() {
		return this.key + "@" + this.value;
	}

}
