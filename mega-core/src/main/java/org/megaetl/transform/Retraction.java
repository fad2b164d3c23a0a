package org.megaetl.transform;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * Undoes events that their source has taken back, as a chain does when it is reorganized.
 * Implemented by a {@link TransformFunction} whose rows cannot simply be deleted, such as
 * one that adds to a total. Only sources that take events back ask for it.
 */
@FunctionalInterface
public interface Retraction {

	/**
	 * Returns what undoes an event. Called for the latest event first, and not for one
	 * that is a dead letter: that was not written, and its dead letter is deleted
	 * instead. One that was replayed was written. One whose dead letter was discarded
	 * cannot be told from that.
	 * @param event the event as the transformer got it
	 * @return the statements to execute in this order, in the transaction that sets the
	 * source's position back; they must do no harm if the event was skipped
	 * @throws Exception if the event cannot be undone: the pipeline fails
	 */
	List<? extends SqlStatement> retract(Event event) throws Exception;

}
