package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.event.PositionAdvance;

/**
 * A batch on its way between {@link PullPipeline#transform} and
 * {@link PullPipeline#deliver(TransformedBatch)}.
 */
public final class TransformedBatch {

	private final List<PendingEvent> events;

	private final List<PositionAdvance> advances;

	TransformedBatch(List<PendingEvent> events, List<PositionAdvance> advances) {
		this.events = events;
		this.advances = advances;
	}

	/**
	 * Returns several batches as one, to be written in one transaction.
	 * @param batches the batches, at least one, in order: where two move the same part of
	 * the source, the second moves it on from where the first ends
	 * @return the batch
	 */
	public static TransformedBatch of(List<TransformedBatch> batches) {
		if (batches.size() == 1) {
			return batches.get(0);
		}
		List<PendingEvent> events = new ArrayList<>();
		Map<String, PositionAdvance> advances = new LinkedHashMap<>();
		for (TransformedBatch batch : batches) {
			events.addAll(batch.events);
			batch.advances.forEach((advance) -> advances.merge(advance.key(), advance, PositionAdvance::and));
		}
		return new TransformedBatch(events, List.copyOf(advances.values()));
	}

	List<PendingEvent> events() {
		return this.events;
	}

	List<PositionAdvance> advances() {
		return this.advances;
	}

}
