package org.megaetl.pipeline;

import java.sql.Connection;
import java.util.List;
import java.util.Map;

/**
 * Writes the events of a batch on the connection of its transaction.
 */
interface EventWriter {

	/**
	 * Writes the events or fails, leaving the connection for the caller to roll back.
	 * @param connection the transaction's connection
	 * @param events the events, in order
	 * @param mode which events may be left out
	 * @return the events that could not be written and left no trace, with their failures
	 * @throws Exception if the failure is not an event's fault, or it is not known whose
	 */
	Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events, WriteMode mode)
			throws Exception;

	/**
	 * Returns whether writing events may commit what was written before, so that after a
	 * lost connection nobody knows.
	 * @param events the events
	 */
	boolean mayCommit(List<PendingEvent> events);

}
