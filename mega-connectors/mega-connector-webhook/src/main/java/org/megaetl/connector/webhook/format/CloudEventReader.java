package org.megaetl.connector.webhook.format;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.http.HttpMessageFactory;
import org.megaetl.connector.webhook.format.UnreadableBodyException.Kind;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;

/**
 * Reads CloudEvents. Whatever the mode they come in, a transformer gets them as in the
 * binary one: the data as payload, the attributes as headers that start with {@code ce-}.
 * Source and id together are the event's id, as the specification has it.
 */
final class CloudEventReader {

	static final String BINARY_MODE = "ce-specversion";

	static final String STRUCTURED_MODE = "application/cloudevents+json";

	static final String BATCHED_MODE = "application/cloudevents-batch+json";

	private static final Set<String> URIS = Set.of("ce-source", "ce-dataschema");

	private final String source;

	private final int maxEvents;

	CloudEventReader(String source, int maxEvents) {
		this.source = source;
		this.maxEvents = maxEvents;
	}

	PostedEvents read(String mediaType, EventHeaders headers, byte[] body) throws UnreadableBodyException {
		if (mediaType.equals(BATCHED_MODE)) {
			if (body.length > 0 && body[0] == '{') {
				throw UnreadableBodyException.malformed("A batch of CloudEvents is a JSON array.");
			}
			List<Event> events = new ArrayList<>();
			for (byte[] text : JsonText.elements(body, this.maxEvents)) {
				events.add(oneOfSeveral(text, headers));
			}
			return new PostedEvents(events, true);
		}
		if (mediaType.equals(STRUCTURED_MODE)) {
			return PostedEvents.one(event(CloudEventJson.read(body), headers));
		}
		if (headers.first(BINARY_MODE) != null) {
			return PostedEvents.one(event(binary(headers, body), headers));
		}
		throw new UnreadableBodyException(Kind.NOT_SUPPORTED, "Only CloudEvents are taken: the content type is neither "
				+ STRUCTURED_MODE + " nor " + BATCHED_MODE + ", and there is no header " + BINARY_MODE + ".");
	}

	/**
	 * Returns an event of several. One that is no CloudEvent is refused by itself, as the
	 * text it came in. That is not what a transformer expects, even where it is replayed.
	 */
	private Event oneOfSeveral(byte[] text, EventHeaders transport) {
		try {
			return event(CloudEventJson.read(text), transport);
		}
		catch (UnreadableBodyException ex) {
			List<String> headers = own(transport);
			headers.add("Content-Type");
			headers.add(STRUCTURED_MODE);
			headers.add(Event.UNREADABLE);
			headers.add("true");
			return Event.from(this.source, text)
				.headers(EventHeaders.of(headers.toArray(String[]::new)))
				.refusal(ex.getMessage())
				.build();
		}
	}

	private static CloudEvent binary(EventHeaders headers, byte[] body) throws UnreadableBodyException {
		Map<String, String> first = new HashMap<>();
		try {
			headers.forEach((name, value) -> {
				String key = name.toLowerCase(Locale.ROOT);
				first.putIfAbsent(key, key.startsWith("ce-") ? attribute(key, value) : value);
			});
			return HttpMessageFactory.createReader(first, body).toEvent();
		}
		catch (RuntimeException ex) {
			throw invalid(ex);
		}
	}

	private static String attribute(String header, String value) {
		return URIS.contains(header) ? CloudEventHeader.decodeUri(value) : CloudEventHeader.decode(value);
	}

	/**
	 * Returns the exception for what the SDK refuses: the many types it throws have
	 * nothing in common.
	 */
	static UnreadableBodyException invalid(RuntimeException failure) {
		return UnreadableBodyException.malformed("The CloudEvent is not valid: " + failure.getMessage() + ".");
	}

	/**
	 * Returns the headers that are not of a CloudEvent.
	 */
	private static List<String> own(EventHeaders transport) {
		List<String> headers = new ArrayList<>();
		transport.forEach((name, value) -> {
			if (!name.regionMatches(true, 0, "ce-", 0, 3) && !name.equalsIgnoreCase("Content-Type")) {
				headers.add(name);
				headers.add(value);
			}
		});
		return headers;
	}

	private Event event(CloudEvent event, EventHeaders transport) throws UnreadableBodyException {
		if (event.getSpecVersion() != SpecVersion.V1) {
			// of another its data may be encoded, which would have to be undone
			throw UnreadableBodyException
				.malformed("The CloudEvent's specversion is " + event.getSpecVersion() + ", and only 1.0 is taken.");
		}
		List<String> headers = own(transport);
		if (event.getDataContentType() != null) {
			headers.add("Content-Type");
			headers.add(event.getDataContentType());
		}
		for (String name : event.getAttributeNames()) {
			Object value = event.getAttribute(name);
			if (value != null && !name.equals("datacontenttype")) {
				headers.add("ce-" + name);
				headers.add(value.toString());
			}
		}
		for (String name : event.getExtensionNames()) {
			Object value = event.getExtension(name);
			if (value != null) {
				headers.add("ce-" + name);
				headers.add(
						(value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : value.toString());
			}
		}
		CloudEventData data = event.getData();
		OffsetDateTime time = event.getTime();
		Object key = event.getExtension("partitionkey");
		return Event.from(this.source, (data != null) ? data.toBytes() : new byte[0])
			.headers(EventHeaders.of(headers.toArray(String[]::new)))
			.id(event.getSource() + " " + event.getId())
			.key((key != null) ? key.toString() : null)
			.timestamp((time != null) ? time.toInstant() : null)
			.build();
	}

}
