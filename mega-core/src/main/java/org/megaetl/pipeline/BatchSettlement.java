package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetterFailure;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.deadletter.RefusedEvent;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.inbox.Inbox;
import org.megaetl.inbox.Registration;
import org.megaetl.pipeline.EventRegister.KnownEvents;

/**
 * Says what becomes of each event of a batch whose statements are executed, and keeps its
 * dead letters accordingly.
 */
final class BatchSettlement {

	private static final long NOT_STORED_YET = 0;

	private static final EventOutcome WRITTEN = new EventOutcome.Written();

	private static final EventOutcome SKIPPED = new EventOutcome.Skipped();

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final Inbox inbox;

	private final DeadLetterStore deadLetters;

	BatchSettlement(PipelineId id, RejectPolicy onReject, Sink sink) {
		this.id = id;
		this.onReject = onReject;
		this.inbox = sink.inbox();
		this.deadLetters = sink.deadLetters();
	}

	/**
	 * Settles a batch.
	 * @param batch the batch
	 * @param known what the database knew of its events
	 * @param failures why events could not be written, by event
	 * @return what becomes of each event, in order
	 */
	List<EventOutcome> settle(Batch batch, KnownEvents known, Map<PendingEvent, Throwable> failures) {
		List<RefusedEvent> refused = new ArrayList<>();
		List<EventOutcome> outcomes = settle(batch, known, failures, refused);
		deleteSettledLetters(batch, outcomes);
		if (!refused.isEmpty()) {
			storeLetters(refused, outcomes);
		}
		return outcomes;
	}

	/**
	 * Says what becomes of each event.
	 * @param refused takes the events to be stored as dead letters
	 */
	private List<EventOutcome> settle(Batch batch, KnownEvents known, Map<PendingEvent, Throwable> failures,
			List<RefusedEvent> refused) {
		List<EventOutcome> outcomes = new ArrayList<>(batch.events().size());
		Map<Event, EventOutcome.Rejected> rejected = new IdentityHashMap<>();
		for (PendingEvent pending : batch.events()) {
			Event event = pending.event();
			EventOutcome outcome;
			if (known.isGone(pending)) {
				outcome = new EventOutcome.Duplicate(true);
			}
			else if (known.isDuplicate(pending)) {
				Registration registration = known.registration();
				outcome = duplicate(event, registration, rejected.get(registration.first(event)));
			}
			else {
				outcome = settle(pending, failures.get(pending), refused);
			}
			outcomes.add(outcome);
			if (outcome instanceof EventOutcome.Rejected rejection) {
				rejected.put(event, rejection);
			}
		}
		return outcomes;
	}

	/**
	 * An event of which nothing is stored, as the first of its id was only answered, is
	 * no duplicate, and its sender must not think it is.
	 */
	private static EventOutcome duplicate(Event event, Registration registration,
			EventOutcome.@Nullable Rejected first) {
		if (first == null) {
			return new EventOutcome.Duplicate(registration.hasSameBody(event));
		}
		return new EventOutcome.Rejected("An event of the same id that arrived at the same time was refused ("
				+ first.reason() + "): send this one again if it is another");
	}

	private EventOutcome settle(PendingEvent pending, @Nullable Throwable failure, List<RefusedEvent> refused) {
		Event event = pending.event();
		Throwable refusal = (failure != null) ? failure : pending.refusal();
		if (refusal == null) {
			return pending.isSkipped() ? SKIPPED : WRITTEN;
		}
		if (!pending.isStoredIfRefused(refusal, this.onReject)) {
			if (failure != null && event.id() != null) {
				this.inbox.forget(this.id, event);
			}
			return new EventOutcome.Rejected(FailureMessage.of(refusal));
		}
		DeadLetterFailure reason = this.deadLetters.describe(refusal);
		if (pending.letter() != null) {
			this.deadLetters.failedAgain(pending.letter(), reason);
			return new EventOutcome.DeadLettered(pending.letter(), reason.message());
		}
		refused.add(new RefusedEvent(event, reason));
		return new EventOutcome.DeadLettered(NOT_STORED_YET, reason.message());
	}

	private void deleteSettledLetters(Batch batch, List<EventOutcome> outcomes) {
		List<Long> settled = new ArrayList<>(0);
		for (int i = 0; i < outcomes.size(); i++) {
			Long letter = batch.events().get(i).letter();
			if (letter != null && !(outcomes.get(i) instanceof EventOutcome.DeadLettered)) {
				settled.add(letter);
			}
		}
		if (!settled.isEmpty()) {
			this.deadLetters.delete(settled);
		}
	}

	private void storeLetters(List<RefusedEvent> refused, List<EventOutcome> outcomes) {
		Iterator<Long> ids = this.deadLetters.store(this.id, refused).iterator();
		outcomes.replaceAll(
				(outcome) -> (outcome instanceof EventOutcome.DeadLettered letter && letter.id() == NOT_STORED_YET)
						? new EventOutcome.DeadLettered(ids.next(), letter.reason()) : outcome);
	}

}
