package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What became of a batch that is delivered part by part. A part of the source that is
 * lost in one of them is lost in those that follow.
 */
final class PartialOutcomes {

	private final Map<PendingEvent, EventOutcome> outcomes = new IdentityHashMap<>();

	private final Set<String> lost;

	/**
	 * Creates outcomes.
	 * @param lost the parts of the source that are lost already
	 */
	PartialOutcomes(Set<String> lost) {
		this.lost = new HashSet<>(lost);
	}

	/**
	 * Returns what is still to be delivered of a part of the batch.
	 */
	Batch remaining(Batch part) {
		return this.lost.isEmpty() ? part : part.without(this.lost);
	}

	/**
	 * Notes what became of what remained of a part.
	 */
	void add(Batch remaining, DeliveryResult result) {
		for (int i = 0; i < remaining.events().size(); i++) {
			this.outcomes.put(remaining.events().get(i), result.outcomes().get(i));
		}
		this.lost.addAll(result.lostKeys());
	}

	/**
	 * Returns what became of the batch. What no part contained was lost before.
	 */
	DeliveryResult of(Batch batch) {
		List<EventOutcome> all = new ArrayList<>(batch.events().size());
		for (PendingEvent pending : batch.events()) {
			EventOutcome outcome = this.outcomes.get(pending);
			all.add((outcome != null) ? outcome
					: new EventOutcome.Displaced(Objects.requireNonNull(pending.event().position()).key()));
		}
		return new DeliveryResult(all, this.lost);
	}

}
