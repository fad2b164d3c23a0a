package org.megaetl.transform;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * Turns an event into the statements that store it. The usual form of a transformer: it
 * needs no database, so it is tested without one, and the engine is free to batch what it
 * returns.
 */
@FunctionalInterface
public non-sealed interface Transformer extends TransformFunction {

	/**
	 * Transforms one event.
	 * @param event the event
	 * @return the statements to execute in this order, all or none of them; an empty list
	 * skips the event
	 * @throws Exception if the event cannot be transformed. It then becomes a dead letter
	 * with this exception's message as its reason, or is refused, as the inbound says;
	 * its neighbours are unaffected
	 */
	List<? extends SqlStatement> transform(Event event) throws Exception;

	/**
	 * Begins a batch. A transformer that can become another one while the application
	 * runs returns what stays the same until the batch is closed; others need not care.
	 * @return what transforms the batch's events
	 */
	default TransformerBatch openBatch() {
		return this::transform;
	}

}
