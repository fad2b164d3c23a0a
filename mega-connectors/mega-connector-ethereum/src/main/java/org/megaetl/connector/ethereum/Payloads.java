package org.megaetl.connector.ethereum;

import org.megaetl.event.Event;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The records as the bytes of an event, and back.
 */
final class Payloads {

	private static final JsonMapper json = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.build();

	private Payloads() {
	}

	static byte[] write(Object data) {
		return json.writeValueAsBytes(data);
	}

	static <T> T read(Event event, Class<T> type) {
		return json.readValue(event.payload(), type);
	}

}
