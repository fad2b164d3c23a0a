package org.megaetl.pipeline;

import java.util.List;

import org.megaetl.event.Event;

/**
 * Is told of each batch that is delivered, such as to trace it. All beans of this type
 * are.
 */
@FunctionalInterface
public interface BatchObserver {

	/**
	 * Observes nothing.
	 */
	BatchObserver NONE = (pipeline, events) -> () -> {
	};

	/**
	 * The delivery of a batch begins in the current thread.
	 * @param pipeline its pipeline
	 * @param events its events, to be read only until this returns
	 * @return closed by the same thread when the batch is settled or given up
	 */
	Observed begin(PipelineName pipeline, List<Event> events);

	/**
	 * A batch that is being delivered.
	 */
	@FunctionalInterface
	interface Observed extends AutoCloseable {

		@Override
		void close();

		/**
		 * The batch is given up.
		 * @param failure why
		 */
		default void failed(Throwable failure) {
		}

	}

}
