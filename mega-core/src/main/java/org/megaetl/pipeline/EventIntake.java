package org.megaetl.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.megaetl.event.Event;

/**
 * A pipeline whose source sends events when it likes and waits for an answer.
 */
public sealed interface EventIntake extends Pipeline permits PushPipeline, BufferedPipeline {

	/**
	 * Takes events that belong together.
	 * @param events the events, at least one
	 * @return completed when they are stored with what became of each, in order.
	 * Completed exceptionally with a {@link PipelineUnavailableException} if not all of
	 * them can be stored now. The thread that completes it is that of others too: do not
	 * block it
	 * @throws InterruptedException if the calling thread is to stop
	 */
	CompletableFuture<List<EventOutcome>> submit(List<Event> events) throws InterruptedException;

}
