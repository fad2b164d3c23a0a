package org.megaetl.transformers.guest;

import java.util.Locale;

import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What guests are told of an event besides its payload.
 */
public final class EventMetadata {

	private EventMetadata() {
	}

	/**
	 * Returns source, key, id, position, timestamp and headers, of which the first value
	 * of each by its name in lower case.
	 * @param event the event
	 * @return a JSON object
	 */
	public static String of(Event event) {
		ObjectNode metadata = JsonMapper.shared().createObjectNode();
		metadata.put("source", event.source());
		metadata.put("key", event.key());
		metadata.put("id", event.id());
		metadata.put("position", (event.position() != null) ? event.position().value() : null);
		metadata.put("timestamp", (event.timestamp() != null) ? event.timestamp().toString() : null);
		ObjectNode headers = metadata.putObject("headers");
		if (event.headers() != EventHeaders.NONE) {
			event.headers().forEach((name, value) -> {
				String key = name.toLowerCase(Locale.ROOT);
				if (!headers.has(key)) {
					headers.put(key, value);
				}
			});
		}
		return metadata.toString();
	}

}
