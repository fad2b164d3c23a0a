package org.megaetl.connector.kafka;

import org.megaetl.event.SourcePosition;

/**
 * A record's place, which becomes text only where it is stored.
 *
 * @param key what the partition's position is stored under
 * @param offset the record's offset
 */
record KafkaPosition(String key, long offset) implements SourcePosition {

	@Override
	public String value() {
		return String.valueOf(this.offset);
	}

	@Override
	public String next() {
		return String.valueOf(this.offset + 1);
	}

	@Override
	public String toString() {
		return this.key + "@" + this.offset;
	}

}
