package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.megaetl.sql.Row;

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
	 * Writes the events and commits them in one round trip, if that is possible.
	 * @param connection a connection without an open transaction or auto-commit
	 * @param mark a row that tells whether the commit took place
	 * @param events the events, in order
	 * @return whether they are committed; if not, nothing was written
	 * @throws SQLException if that failed; they may be committed all the same
	 */
	default boolean commit(Connection connection, Row mark, List<PendingEvent> events) throws SQLException {
		return false;
	}

}
