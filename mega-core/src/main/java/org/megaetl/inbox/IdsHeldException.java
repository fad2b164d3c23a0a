package org.megaetl.inbox;

import java.util.Set;

import org.megaetl.event.Event;

/**
 * Another open transaction may be inserting ids of this one: whether these events are
 * duplicates is known when that has ended. The transaction must be rolled back.
 */
public final class IdsHeldException extends RuntimeException {

	private final transient Set<Event> events;

	IdsHeldException(Set<Event> events, Throwable cause) {
		super("Another transaction holds the ids of " + events.size() + " events", cause);
		this.events = events;
	}

	/**
	 * Returns the events that must wait, compared by identity.
	 * @return the events; none if their ids were free again when they were looked for
	 */
	public Set<Event> events() {
		return this.events;
	}

}
