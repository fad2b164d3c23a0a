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
	 * Transforms as many of the given events as it likes, beginning with the first. To be
	 * implemented where each call has a price of its own. What becomes of an event must
	 * not depend on which others it came with.
	 * @param events events of the batch, at least one, in order
	 * @return what became of the first of them, in order. If it is empty, as it is by
	 * default, all of them are handed to {@link #transform(Event)}, one by one
	 * @throws Exception if it cannot be said which event is at fault: all of them are
	 * then handed over one by one, too
	 */
	default List<TransformResult> transform(List<Event> events) throws Exception {
		return List.of();
	}

	@Override
	default void close() {
	}

}
