package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;

/**
 * A batch on its way to the database.
 *
 * @param events its events, transformed
 * @param advances how far it moves its source; none for a push source
 * @param writer names the writer, to keep the token under where no position moves: a part
 * of a batch with positions may have none
 * @param token identifies the transaction that commits it
 */
record Batch(List<PendingEvent> events, List<PositionAdvance> advances, String writer, BatchToken token) {

	/**
	 * Splits the batch in two that can be committed one after the other.
	 */
	List<Batch> split() {
		List<Event> all = new ArrayList<>(this.events.size());
		this.events.forEach((pending) -> all.add(pending.event()));
		int middle = this.events.size() / 2;
		List<EventBatch> parts = new EventBatch(all, this.advances).split(middle);
		return List.of(
				new Batch(this.events.subList(0, middle), parts.get(0).advances(), this.writer, BatchToken.random()),
				new Batch(this.events.subList(middle, this.events.size()), parts.get(1).advances(), this.writer,
						BatchToken.random()));
	}

	/**
	 * Returns the batch with one of its events refused, whatever the transformer said.
	 */
	Batch refusing(PendingEvent condemned, Throwable failure) {
		List<PendingEvent> all = new ArrayList<>(this.events);
		all.replaceAll((pending) -> (pending != condemned) ? pending : pending.refused(failure));
		return new Batch(all, this.advances, this.writer, BatchToken.random());
	}

	/**
	 * Returns whether leaving out events could help: not where there is none, or only one
	 * that is refused already.
	 */
	boolean canBeBlamed() {
		return this.events.size() > 1 || (this.events.size() == 1 && this.events.get(0).isToBeWritten());
	}

	/**
	 * Returns the batch without the parts of the source that belong to somebody else.
	 */
	Batch without(Collection<String> keys) {
		return new Batch(this.events.stream().filter((pending) -> !isIn(pending, keys)).toList(),
				this.advances.stream().filter((advance) -> !keys.contains(advance.key())).toList(), this.writer,
				BatchToken.random());
	}

	static boolean isIn(PendingEvent pending, Collection<String> keys) {
		SourcePosition position = pending.event().position();
		return position != null && keys.contains(position.key());
	}

	/**
	 * Returns the keys of the checkpoint rows that hold the token once the batch is
	 * committed.
	 */
	List<String> tokenKeys() {
		return this.advances.isEmpty() ? List.of(this.writer)
				: this.advances.stream().map(PositionAdvance::key).toList();
	}

	/**
	 * Returns whether the batch has anything for the database.
	 */
	boolean hasEffect(RejectPolicy onReject) {
		if (!this.advances.isEmpty()) {
			return true;
		}
		for (PendingEvent pending : this.events) {
			if (pending.isToBeWritten() || pending.letter() != null
					|| (pending.isSkipped() && pending.event().id() != null)
					|| (pending.refusal() != null && pending.isStoredIfRefused(pending.refusal(), onReject))) {
				return true;
			}
		}
		return false;
	}

}
