package org.megaetl.deadletter;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.megaetl.event.Event;

/**
 * A pipeline as the replay of dead letters sees it.
 */
public interface ReplayTarget {

	/**
	 * Returns the pipeline's name.
	 * @return what events of the pipeline have as their source
	 */
	String source();

	/**
	 * Sends events through the pipeline in one batch. Each is deleted as a dead letter in
	 * the transaction that writes it.
	 * @param letters the events by the ids of their dead letters, in the order to write
	 * @param done receives what became of each as soon as that is certain
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws RuntimeException if the database does not work; nothing is written then but
	 * what is done
	 */
	void replay(Map<Long, Event> letters, Consumer<ReplayResult> done) throws InterruptedException;

	/**
	 * Only transforms events.
	 * @param letters the events by the ids of their dead letters
	 * @return what a replay would execute, for each in order
	 * @throws InterruptedException if the calling thread is to stop
	 */
	List<ReplayResult> preview(Map<Long, Event> letters) throws InterruptedException;

}
