package org.megaetl.inbox;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.inbox.Inbox.Stored;

/**
 * Which events of a batch are new.
 */
public final class Registration {

	static final Registration NONE = new Registration(Map.of(), Map.of(), Map.of(), Map.of(), BatchToken.random());

	private final Map<Event, EventKey> keys;

	private final Map<EventKey, Event> owners;

	private final Map<Event, byte[]> bodies;

	private final Map<EventKey, Stored> stored;

	private final byte[] token;

	Registration(Map<Event, EventKey> keys, Map<EventKey, Event> owners, Map<Event, byte[]> bodies,
			Map<EventKey, Stored> stored, BatchToken token) {
		this.keys = keys;
		this.owners = owners;
		this.bodies = bodies;
		this.stored = stored;
		this.token = token.toBytes();
	}

	/**
	 * Returns whether an event of the same id was here before: in another batch, or
	 * earlier in this one.
	 * @param event an event of the batch
	 * @return whether the event is a duplicate
	 */
	public boolean isDuplicate(Event event) {
		EventKey key = this.keys.get(event);
		if (key == null) {
			return false;
		}
		return this.owners.get(key) != event || !Arrays.equals(stored(key).token(), this.token);
	}

	/**
	 * Returns the first event of the batch with the same id.
	 * @param event an event for which {@link #isDuplicate} holds
	 * @return the first event, possibly the same
	 */
	public Event first(Event event) {
		return Objects.requireNonNull(this.owners.get(Objects.requireNonNull(this.keys.get(event))));
	}

	/**
	 * Returns whether a duplicate has the payload of the first.
	 * @param event an event for which {@link #isDuplicate} holds
	 * @return whether the payloads are equal
	 */
	public boolean hasSameBody(Event event) {
		EventKey key = Objects.requireNonNull(this.keys.get(event));
		return Arrays.equals(stored(key).bodyHash(), this.bodies.get(event));
	}

	private Stored stored(EventKey key) {
		return Objects.requireNonNull(this.stored.get(key), "An id is neither stored nor inserted");
	}

}
