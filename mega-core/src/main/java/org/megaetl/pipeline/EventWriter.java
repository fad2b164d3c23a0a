package org.megaetl.pipeline;

import java.sql.Connection;
import java.util.List;
import java.util.Map;

/**
 * Writes the events of a batch on the connection of its transaction.
 */
interface EventWriter {

	/**
	 * Writes all events or fails, leaving the connection for the caller to roll back.
	 * @param connection the transaction's connection
	 * @param events the events, in order
	 * @return the events that could not be written and were rolled back one by one, if
	 * this writer can tell, with their failures
	 * @throws Exception if the batch as a whole failed
	 */
	Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events) throws Exception;

	/**
	 * Writes what can be written, finding the events that cannot.
	 * @param connection the transaction's connection
	 * @param events the events, in order
	 * @return the events that could not be written, with their failures
	 * @throws Exception if the failure is not an event's fault
	 */
	Map<PendingEvent, Throwable> isolate(Connection connection, List<PendingEvent> events) throws Exception;

}
