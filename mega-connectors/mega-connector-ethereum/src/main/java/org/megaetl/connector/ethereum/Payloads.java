package org.megaetl.connector.ethereum;

import org.megaetl.event.Event;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The records as the bytes of an event, and back.
 */
final class Payloads {

	private static final JsonMapper json = JsonMapper.shared();

	private Payloads() {
	}

	static byte[] write(Object data) {
		return json.writeValueAsBytes(data);
	}

	static <T> T read(Event event, Class<T> type) {
		return json.readValue(event.payload(), type);
	}

	/**
	 * Returns an event's bytes with another text in one of its fields.
	 */
	static byte[] with(byte[] payload, String field, String text) {
		return write(((ObjectNode) json.readTree(payload)).put(field, text));
	}

}
