package org.megaetl.connector.webhook.format;

import java.util.List;

import org.megaetl.event.Event;

/**
 * The events of a request.
 *
 * @param events the events in their order; possibly none if there may be several
 * @param several whether there may be several, so that the sender is told of each
 */
public record PostedEvents(List<Event> events, boolean several) {

	static PostedEvents one(Event event) {
		return new PostedEvents(List.of(event), false);
	}

}
