package org.megaetl.connector.redis;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lettuce.core.StreamMessage;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes events of a stream's entries.
 *
 * @param source the pipeline's name
 * @param payload the field that holds the payload
 */
record StreamEntries(String source, String payload) {

	static final String ID_HEADER = "redis-id";

	/** Ids that are less are numbers that a producer chose, not times. */
	private static final long FIRST_TIME = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

	/**
	 * Returns the event of an entry.
	 * @param entry the entry, not deleted
	 * @param identity the stream's identity
	 * @param refusal why the event is refused, or {@code null} if it is not
	 * @return the event, whose headers are the entry's id and the fields besides the
	 * payload
	 */
	Event event(StreamMessage<String, byte[]> entry, String identity, @Nullable String refusal) {
		Map<String, byte[]> fields = entry.getBody();
		byte[] content = fields.get(this.payload);
		List<String> headers = new ArrayList<>(List.of(ID_HEADER, entry.getId()));
		if (content != null) {
			fields.forEach((name, value) -> {
				if (!name.equals(this.payload)) {
					headers.add(name);
					headers.add(new String(value, StandardCharsets.UTF_8));
				}
			});
		}
		return Event.from(this.source, (content != null) ? content : json(fields))
			.id(identity + "/" + entry.getId())
			.headers(EventHeaders.of(headers.toArray(String[]::new)))
			.timestamp(timestamp(entry.getId()))
			.refusal(refusal)
			.build();
	}

	/**
	 * Returns fields as a JSON object of texts.
	 */
	static byte[] json(Map<String, byte[]> fields) {
		Map<String, String> texts = new LinkedHashMap<>();
		fields.forEach((name, value) -> texts.put(name, new String(value, StandardCharsets.UTF_8)));
		return JsonMapper.shared().writeValueAsBytes(texts);
	}

	private static @Nullable Instant timestamp(String id) {
		// entries may have numbers that are too large for a long
		String millis = id.substring(0, id.indexOf('-'));
		long time = (millis.length() < 16) ? Long.parseLong(millis) : 0;
		return (time >= FIRST_TIME) ? Instant.ofEpochMilli(time) : null;
	}

}
