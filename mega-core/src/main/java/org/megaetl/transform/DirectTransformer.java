package org.megaetl.transform;

import java.sql.Connection;

import org.megaetl.event.Event;

/**
 * Writes an event by itself, on the connection of the batch's transaction: for what
 * statements cannot express, such as a decision that depends on a row read before. Costs
 * a round trip to the database per call where a {@link Transformer}'s rows share one, and
 * may be called again for the same event when a transaction is repeated.
 */
@FunctionalInterface
public non-sealed interface DirectTransformer extends TransformFunction {

	/**
	 * Writes one event.
	 * @param event the event
	 * @param connection the connection of the batch's transaction, inside a savepoint of
	 * this event's own. Commit, rollback, auto-commit and close belong to the engine and
	 * are refused; so does DDL, which would commit the batch behind its back
	 * @throws Exception if the event cannot be written. What it wrote is rolled back, and
	 * it becomes a dead letter or is refused, as the inbound says
	 */
	void transform(Event event, Connection connection) throws Exception;

}
