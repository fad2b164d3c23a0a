package org.megaetl.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

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
	 * them can be stored now; some may be then, so that whoever sends them again should
	 * give them ids. The thread that completes it is that of others too: do not block it
	 * @throws InterruptedException if the calling thread is to stop
	 */
	CompletableFuture<List<EventOutcome>> submit(List<Event> events) throws InterruptedException;

	/**
	 * Takes events that belong together, from a caller whose thread can write them: where
	 * no others wait or are written, that is faster than to wake another thread.
	 * @param events the events, at least one
	 * @param caller runs the transaction, for as long as the database takes, if it is
	 * asked to. It may do so before this method returns or later; if it refuses with a
	 * {@link RejectedExecutionException}, a thread of the pipeline's does it
	 * @return as for {@link #submit(List)}; the thread that completes it may be the
	 * caller's
	 * @throws InterruptedException if the calling thread is to stop
	 */
	default CompletableFuture<List<EventOutcome>> submit(List<Event> events, Executor caller)
			throws InterruptedException {
		return submit(events);
	}

}
