package org.megaetl.connector.webhook.format;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.EventHeaders;
import tools.jackson.core.JsonPointer;

/**
 * Where senders put the id of an event.
 */
public final class EventIds {

	private final List<String> headers = new ArrayList<>();

	private final List<JsonPointer> pointers = new ArrayList<>();

	private final List<String> sameHeaders;

	private final boolean forms;

	/**
	 * Reads the places.
	 * @param places names of headers, and JSON pointers (RFC 6901) into the event, which
	 * start with {@code /}; together they are the id. None if events have no ids
	 * @param sameHeaders names that a header has, any of which a request may use
	 * @param forms whether there are also events that are no JSON objects, without an id
	 * in them, as Slack's commands are
	 * @throws IllegalArgumentException if one is neither
	 */
	public EventIds(List<String> places, List<String> sameHeaders, boolean forms) {
		this.sameHeaders = sameHeaders;
		this.forms = forms;
		for (String place : places) {
			if (place.isBlank()) {
				throw new IllegalArgumentException("Neither a header nor a JSON pointer is empty");
			}
			if (place.startsWith("/")) {
				this.pointers.add(JsonPointer.compile(place));
			}
			else {
				this.headers.add(place);
			}
		}
	}

	/**
	 * Returns the id of the only event of a request.
	 * @return the id, or {@code null} if a part of it is missing
	 */
	@Nullable String single(EventHeaders headers, byte[] payload) throws UnreadableBodyException {
		if (this.headers.isEmpty() && this.pointers.isEmpty()) {
			return null;
		}
		StringBuilder id = new StringBuilder();
		for (String header : this.headers) {
			if (!append(id, first(headers, header))) {
				return null;
			}
		}
		for (JsonPointer pointer : this.pointers) {
			if (this.forms && (payload.length == 0 || payload[0] != '{')) {
				return null;
			}
			if (!append(id, JsonText.scalar(payload, pointer))) {
				return null;
			}
		}
		return id.toString();
	}

	/**
	 * Returns the id of an event of several. What is in the headers is the id of the
	 * request, which each event is numbered in.
	 * @return the id, or {@code null} if a part of it is missing
	 */
	@Nullable String ofSeveral(EventHeaders headers, byte[] payload, int number) throws UnreadableBodyException {
		String id = single(headers, payload);
		return (id != null && this.pointers.isEmpty()) ? id + "/" + number : id;
	}

	private @Nullable String first(EventHeaders headers, String name) {
		String value = headers.first(name);
		if (value == null && this.sameHeaders.stream().anyMatch(name::equalsIgnoreCase)) {
			for (String other : this.sameHeaders) {
				value = (value != null) ? value : headers.first(other);
			}
		}
		return value;
	}

	/**
	 * Appends a part. Spaces within one of several parts are escaped: the parts of
	 * another id could else be the same when they are joined.
	 */
	private boolean append(StringBuilder id, @Nullable String part) {
		if (part == null || part.isEmpty()) {
			return false;
		}
		boolean several = this.headers.size() + this.pointers.size() > 1;
		id.append(id.isEmpty() ? "" : " ").append(several ? part.replace("\\", "\\\\").replace(" ", "\\ ") : part);
		return true;
	}

}
