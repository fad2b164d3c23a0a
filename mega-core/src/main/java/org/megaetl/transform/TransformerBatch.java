package org.megaetl.transform;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * Transforms the events of one batch, one after another or several at once, on one
 * thread.
 */
@FunctionalInterface
public interface TransformerBatch extends AutoCloseable {

	/**
	 * Transforms one event of the batch, as {@link Transformer#transform} does.
	 * @param event the event
	 * @return the statements to execute in this order
	 * @throws Exception if the event cannot be transformed; the batch goes on with the
	 * next
	 */
	List<? extends SqlStatement> transform(Event event) throws Exception;

	/**
	 * Returns how many events may be handed over in one call of
	 * {@link #transform(List, Runnable)}.
	 * @return at least one; one, which is the default, for events one by one
	 */
	default int maxEvents() {
		return 1;
	}

	/**
	 * Transforms several events. To be implemented, together with {@link #maxEvents()},
	 * where each call has a price of its own. What becomes of an event must not depend on
	 * which others it came with.
	 * @param events events of the batch, at least two, in order
	 * @param nextEvent to be called, on the same thread, where one event ends and another
	 * begins, so that each has the time of one; without it, all have that together
	 * @return what became of each of them, in order
	 * @throws Exception if it cannot be said which event is at fault: each of them is
	 * then handed to {@link #transform(Event)}
	 */
	default List<TransformResult> transform(List<Event> events, Runnable nextEvent) throws Exception {
		throw new UnsupportedOperationException("Events are to be handed over one by one");
	}

	@Override
	default void close() {
	}

}
