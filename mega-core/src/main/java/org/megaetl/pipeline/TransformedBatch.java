package org.megaetl.pipeline;

import java.util.List;

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

	List<PendingEvent> events() {
		return this.events;
	}

	List<PositionAdvance> advances() {
		return this.advances;
	}

}
