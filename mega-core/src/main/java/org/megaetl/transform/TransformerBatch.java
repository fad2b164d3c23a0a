package org.megaetl.transform;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * Transforms the events of one batch, one after another, on one thread.
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

	@Override
	default void close() {
	}

}
