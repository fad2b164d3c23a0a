package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.inbox.Inbox;
import org.megaetl.inbox.Registration;

/**
 * Finds out what the database knows of the events of a batch before they are written, and
 * keeps others from writing the same ones meanwhile.
 */
final class EventRegister {

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final Inbox inbox;

	private final DeadLetterStore deadLetters;

	EventRegister(PipelineId id, RejectPolicy onReject, Sink sink) {
		this.id = id;
		this.onReject = onReject;
		this.inbox = sink.inbox();
		this.deadLetters = sink.deadLetters();
	}

	/**
	 * Locks the dead letters that events were taken from, and registers the ids of the
	 * others.
	 */
	KnownEvents register(Batch batch, boolean waitForIds) {
		Set<Long> letters = this.deadLetters.lock(this.id, letters(batch));
		List<Event> identified = identified(batch);
		Registration registration = this.inbox.register(this.id, identified, batch.token(), waitForIds);
		Set<PendingEvent> duplicates = identified.isEmpty() ? Set.of() : duplicates(batch, registration);
		return new KnownEvents(letters, registration, duplicates);
	}

	private static List<Long> letters(Batch batch) {
		List<Long> letters = new ArrayList<>(0);
		for (PendingEvent pending : batch.events()) {
			if (pending.letter() != null) {
				letters.add(pending.letter());
			}
		}
		return letters;
	}

	private List<Event> identified(Batch batch) {
		List<Event> identified = new ArrayList<>(0);
		for (PendingEvent pending : batch.events()) {
			if (pending.event().id() != null && takesId(pending)) {
				identified.add(pending.event());
			}
		}
		return identified;
	}

	/**
	 * Returns the events that were here before, also those that are in the batch twice
	 * themselves: a sender may submit one again while it waits.
	 */
	private Set<PendingEvent> duplicates(Batch batch, Registration registration) {
		Set<PendingEvent> duplicates = Collections.newSetFromMap(new IdentityHashMap<>());
		Set<Event> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (PendingEvent pending : batch.events()) {
			Event event = pending.event();
			boolean again = event.id() != null && takesId(pending) && !seen.add(event);
			if (again || registration.isDuplicate(event)) {
				duplicates.add(pending);
			}
		}
		return duplicates;
	}

	/**
	 * An event that is only answered does not use up its id: it may come again, mended.
	 * One that is replayed has used its id up already.
	 */
	private boolean takesId(PendingEvent pending) {
		return pending.letter() == null
				&& (pending.refusal() == null || pending.isStoredIfRefused(pending.refusal(), this.onReject));
	}

	/**
	 * What the database knows of the events of a batch before they are written.
	 *
	 * @param letters those of their dead letters that still exist, locked
	 * @param registration the ids
	 * @param duplicates the events whose ids were here before
	 */
	record KnownEvents(Set<Long> letters, Registration registration, Set<PendingEvent> duplicates) {

		List<PendingEvent> writable(Batch batch) {
			List<PendingEvent> writable = new ArrayList<>(batch.events().size());
			for (PendingEvent pending : batch.events()) {
				if (pending.isToBeWritten() && !isGone(pending) && !isDuplicate(pending)) {
					writable.add(pending);
				}
			}
			return writable;
		}

		/**
		 * Somebody else has replayed or discarded the dead letter meanwhile.
		 */
		boolean isGone(PendingEvent pending) {
			return pending.letter() != null && !this.letters.contains(pending.letter());
		}

		boolean isDuplicate(PendingEvent pending) {
			return this.duplicates.contains(pending);
		}

	}

}
