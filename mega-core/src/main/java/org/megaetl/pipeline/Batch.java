package org.megaetl.pipeline;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
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
	 * Returns the events as they came, as a view.
	 */
	List<Event> source() {
		List<PendingEvent> pending = this.events;
		return new AbstractList<>() {

			@Override
			public Event get(int index) {
				return pending.get(index).event();
			}

			@Override
			public int size() {
				return pending.size();
			}

		};
	}

	/**
	 * Splits the batch in two that can be committed one after the other.
	 * @return two halves, or only this batch if its events cannot be committed apart
	 */
	List<Batch> split() {
		boolean[] cuts = cuts();
		int middle = this.events.size() / 2;
		for (int distance = 0; distance <= middle; distance++) {
			for (int cut : new int[] { middle - distance, middle + distance }) {
				if (cut > 0 && cut < this.events.size() && cuts[cut]) {
					return splitAfter(cut);
				}
			}
		}
		return List.of(this);
	}

	/**
	 * Splits the batch so that as much as possible is committed before some of its events
	 * are waited for.
	 * @param waiting those events, by identity
	 * @return the others, then those events; with positions, which may not be passed
	 * over, those before them, then the rest. Only this batch if nothing can be committed
	 * before
	 */
	List<Batch> around(Set<Event> waiting) {
		List<PendingEvent> free = new ArrayList<>(this.events);
		free.removeIf((pending) -> waiting.contains(pending.event()));
		if (free.isEmpty() || free.size() == this.events.size()) {
			return List.of(this);
		}
		if (this.advances.isEmpty()) {
			List<PendingEvent> rest = new ArrayList<>(this.events);
			rest.removeIf((pending) -> !waiting.contains(pending.event()));
			return List.of(part(free, this.advances), part(rest, this.advances));
		}
		boolean[] cuts = cuts();
		int cut = 0;
		for (int i = 0; i == 0 || !waiting.contains(this.events.get(i - 1).event()); i++) {
			if (cuts[i]) {
				cut = i;
			}
		}
		return (cut > 0) ? splitAfter(cut) : List.of(this);
	}

	/**
	 * Returns before which events the batch can be cut: not between events after which
	 * their source is read on from the same position, as it would pass over the second.
	 */
	private boolean[] cuts() {
		boolean[] cuts = new boolean[this.events.size()];
		Arrays.fill(cuts, true);
		Set<String> keys = this.advances.stream().map(PositionAdvance::key).collect(Collectors.toSet());
		Map<List<String>, Integer> lasts = new HashMap<>();
		for (int i = 0; i < this.events.size(); i++) {
			SourcePosition position = this.events.get(i).event().position();
			if (position != null && keys.contains(position.key())) {
				Integer last = lasts.put(List.of(position.key(), position.next()), i);
				if (last != null) {
					Arrays.fill(cuts, last + 1, i + 1, false);
				}
			}
		}
		return cuts;
	}

	/**
	 * Splits the batch: the first part moves each part of the source to behind its last
	 * event there, the second moves on from there.
	 */
	private List<Batch> splitAfter(int size) {
		List<PendingEvent> head = this.events.subList(0, size);
		Map<String, String> reached = new HashMap<>();
		for (PendingEvent pending : head) {
			SourcePosition position = pending.event().position();
			if (position != null) {
				reached.put(position.key(), position.next());
			}
		}
		List<PositionAdvance> first = new ArrayList<>();
		List<PositionAdvance> second = new ArrayList<>();
		for (PositionAdvance advance : this.advances) {
			String middle = reached.get(advance.key());
			if (middle == null) {
				second.add(advance);
				continue;
			}
			first.add(advance.upTo(middle));
			if (!middle.equals(advance.to())) {
				second.add(advance.after(middle));
			}
		}
		return List.of(part(head, first), part(this.events.subList(size, this.events.size()), second));
	}

	private Batch part(List<PendingEvent> events, List<PositionAdvance> advances) {
		return new Batch(events, advances, this.writer, BatchToken.random());
	}

	/**
	 * Returns the batch as it is tried again after a commit that took no effect: should
	 * it have, after all, the ids of its events are those of another transaction.
	 */
	Batch again() {
		return part(this.events, this.advances);
	}

	/**
	 * Returns the batch with one of its events refused, whatever the transformer said.
	 */
	Batch refusing(PendingEvent condemned, Throwable failure) {
		List<PendingEvent> all = new ArrayList<>(this.events);
		all.replaceAll((pending) -> (pending != condemned) ? pending : pending.refused(failure));
		return part(all, this.advances);
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
		return part(this.events.stream().filter((pending) -> !isIn(pending, keys)).toList(),
				this.advances.stream().filter((advance) -> !keys.contains(advance.key())).toList());
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
