package org.megaetl.pipeline;

import java.util.List;

/**
 * Hears what became of the events of a batch as soon as that is certain, whatever happens
 * to the rest.
 */
interface OutcomeListener {

	/**
	 * Some events are settled: committed, or answered without a trace.
	 * @param events some events of the batch
	 * @param outcomes what became of them, in the same order
	 */
	void settled(List<PendingEvent> events, List<EventOutcome> outcomes);

}
