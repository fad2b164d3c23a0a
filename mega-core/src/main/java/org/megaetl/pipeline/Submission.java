package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * What one caller submitted to a {@link GroupCommitter}, with what became of it.
 */
final class Submission {

	/** How long events rest that could not be settled, until they are tried again. */
	static final Duration REST = Duration.ofMillis(50);

	/** How long they are tried before their sender is told to come back. */
	static final Duration LONGEST_TRY = Duration.ofSeconds(10);

	private final List<Slot> slots = new ArrayList<>(1);

	private final CompletableFuture<List<EventOutcome>> outcome = new CompletableFuture<>();

	private int unsettled;

	private long firstRest;

	private long lastRest;

	Submission(List<PendingEvent> events) {
		for (PendingEvent event : events) {
			this.slots.add(new Slot(this, event));
		}
		this.unsettled = events.size();
	}

	CompletableFuture<List<EventOutcome>> outcome() {
		return this.outcome;
	}

	/**
	 * Returns how many events are not settled.
	 */
	int size() {
		return this.unsettled;
	}

	/**
	 * One more event is settled: with the last of them, all are.
	 */
	private void settled() {
		this.unsettled--;
		if (this.unsettled > 0) {
			return;
		}
		EventOutcome[] outcomes = new EventOutcome[this.slots.size()];
		for (int i = 0; i < outcomes.length; i++) {
			outcomes[i] = Objects.requireNonNull(this.slots.get(i).outcome);
		}
		this.outcome.complete(List.of(outcomes));
	}

	/**
	 * Gives up what is not settled, and says so of all: some may be committed.
	 */
	void refuse(String reason) {
		this.outcome.completeExceptionally(new PipelineUnavailableException(reason, null));
	}

	/**
	 * Begins a rest.
	 * @return {@code false} if there were too many already
	 */
	boolean rest() {
		this.lastRest = System.nanoTime();
		if (this.firstRest == 0) {
			this.firstRest = this.lastRest;
		}
		return this.lastRest - this.firstRest < LONGEST_TRY.toNanos();
	}

	/**
	 * Returns how long it still rests; 0 or less if it has rested.
	 */
	long restNanos() {
		return REST.toNanos() - (System.nanoTime() - this.lastRest);
	}

	/**
	 * An event and what became of it.
	 */
	private static final class Slot {

		private final Submission waiting;

		private final PendingEvent event;

		private @Nullable EventOutcome outcome;

		private Slot(Submission waiting, PendingEvent event) {
			this.waiting = waiting;
			this.event = event;
		}

	}

	/**
	 * Gives each caller of a group the outcomes of its events as soon as they are
	 * complete.
	 */
	static final class Settlement implements BiConsumer<List<PendingEvent>, List<EventOutcome>> {

		private final List<Slot> slots;

		private final List<PendingEvent> events;

		private int next;

		// loops, as a group of one is usual: setting up streams takes longer than that
		Settlement(List<Submission> group) {
			this.slots = new ArrayList<>(group.size());
			for (Submission waiting : group) {
				for (Slot slot : waiting.slots) {
					if (slot.outcome == null) {
						this.slots.add(slot);
					}
				}
			}
			this.events = new ArrayList<>(this.slots.size());
			for (Slot slot : this.slots) {
				this.events.add(slot.event);
			}
		}

		/**
		 * Returns the events that are to be settled.
		 */
		List<PendingEvent> events() {
			return this.events;
		}

		@Override
		public void accept(List<PendingEvent> events, List<EventOutcome> outcomes) {
			for (int i = 0; i < events.size(); i++) {
				Slot slot = find(events.get(i).event());
				slot.outcome = outcomes.get(i);
				slot.waiting.settled();
			}
		}

		/**
		 * Finds the slot of an event: most come in order.
		 */
		private Slot find(Event event) {
			for (int i = 0; i < this.slots.size(); i++) {
				Slot slot = this.slots.get((this.next + i) % this.slots.size());
				if (slot.outcome == null && slot.event.event() == event) {
					this.next += i + 1;
					return slot;
				}
			}
			throw new IllegalStateException("An event was settled that is not of this group");
		}

	}

}
