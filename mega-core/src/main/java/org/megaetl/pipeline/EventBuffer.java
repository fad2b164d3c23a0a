package org.megaetl.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.megaetl.event.Event;

/**
 * Keeps events durably, without the database, until another pipeline reads them.
 */
public interface EventBuffer {

	/**
	 * Returns the pipeline that carries on with what is stored.
	 * @return a pipeline of this application
	 */
	Pipeline reader();

	/**
	 * Stores events. Never blocks: what it holds in memory is bounded, and what is beyond
	 * is refused.
	 * @param events the events, at least one
	 * @return completed when all are stored durably, with {@link EventOutcome.Buffered}
	 * or {@link EventOutcome.TooLarge} for each, in order. Completed exceptionally if not
	 * all of them are: with a {@link PipelineUnavailableException} if there are too many
	 * at once, with any other exception if the buffer is away
	 */
	CompletableFuture<List<EventOutcome>> store(List<Event> events);

}
