package org.megaetl.connector.webhook.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;

/**
 * Takes the events out of a body. Each event is the bytes that stood for it in the body;
 * nothing is written anew.
 */
public final class EventReader {

	private final String source;

	private final BodyFormat format;

	private final EventIds ids;

	private final int maxEvents;

	private final CloudEventReader cloudEvents;

	/**
	 * Creates a reader.
	 * @param source the name of the pipeline
	 * @param format what bodies are
	 * @param ids where the ids of events are
	 * @param maxEvents the most events of a request
	 */
	public EventReader(String source, BodyFormat format, EventIds ids, int maxEvents) {
		this.source = source;
		this.format = format;
		this.ids = ids;
		this.maxEvents = maxEvents;
		this.cloudEvents = new CloudEventReader(source, maxEvents);
	}

	/**
	 * Reads a body.
	 * @param contentType the header's value, or {@code null} if there is none
	 * @param headers the headers that events are to have
	 * @param body the body, decompressed
	 * @return the events
	 * @throws UnreadableBodyException if it is not of the format it should be of
	 */
	public PostedEvents read(@Nullable String contentType, EventHeaders headers, byte[] body)
			throws UnreadableBodyException {
		return switch (this.format) {
			case AUTO -> byContentType(contentType, headers, body);
			case EVENT -> single(headers, body);
			case JSON_ARRAY -> several(headers, JsonText.objects(body, this.maxEvents));
			case NDJSON -> several(headers, lines(body));
			case CLOUDEVENTS -> this.cloudEvents.read(mediaType(contentType), headers, body);
		};
	}

	private PostedEvents byContentType(@Nullable String contentType, EventHeaders headers, byte[] body)
			throws UnreadableBodyException {
		if (headers.first(CloudEventReader.BINARY_MODE) != null) {
			return this.cloudEvents.read("", headers, body);
		}
		String mediaType = mediaType(contentType);
		return switch (mediaType) {
			case "application/x-ndjson", "application/ndjson", "application/jsonl" -> several(headers, lines(body));
			case CloudEventReader.STRUCTURED_MODE, CloudEventReader.BATCHED_MODE ->
				this.cloudEvents.read(mediaType, headers, body);
			default -> single(headers, body);
		};
	}

	private PostedEvents single(EventHeaders headers, byte[] body) throws UnreadableBodyException {
		return PostedEvents.one(event(headers, body, this.ids.single(headers, body)));
	}

	static String mediaType(@Nullable String contentType) {
		if (contentType == null) {
			return "";
		}
		int semicolon = contentType.indexOf(';');
		return ((semicolon < 0) ? contentType : contentType.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
	}

	private PostedEvents several(EventHeaders headers, List<byte[]> payloads) {
		List<Event> events = new ArrayList<>(payloads.size());
		for (byte[] payload : payloads) {
			events.add(oneOfSeveral(headers, payload, events.size()));
		}
		return new PostedEvents(events, true);
	}

	/**
	 * Returns an event of several. One whose id cannot be read is refused by itself.
	 */
	private Event oneOfSeveral(EventHeaders headers, byte[] payload, int number) {
		try {
			return event(headers, payload, this.ids.ofSeveral(headers, payload, number));
		}
		catch (UnreadableBodyException ex) {
			return Event.from(this.source, payload).headers(headers).refusal(ex.getMessage()).build();
		}
	}

	private Event event(EventHeaders headers, byte[] payload, @Nullable String id) {
		return Event.from(this.source, payload).headers(headers).id(id).build();
	}

	/**
	 * Splits at line ends and leaves empty lines out. Whether a line is JSON is between
	 * that event and its transformer.
	 */
	private List<byte[]> lines(byte[] body) throws UnreadableBodyException {
		List<byte[]> lines = new ArrayList<>();
		int start = 0;
		for (int i = 0; i <= body.length; i++) {
			if (i == body.length || body[i] == '\n') {
				int end = (i > start && body[i - 1] == '\r') ? i - 1 : i;
				if (end > start) {
					JsonText.checkCount(lines.size() + 1, this.maxEvents);
					lines.add(Arrays.copyOfRange(body, start, end));
				}
				start = i + 1;
			}
		}
		return lines;
	}

}
