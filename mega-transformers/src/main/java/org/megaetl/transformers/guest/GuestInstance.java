package org.megaetl.transformers.guest;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * An instance of a guest: with a memory of its own, and used by one thread at a time.
 */
public interface GuestInstance extends AutoCloseable {

	/**
	 * Runs what the guest has to run before its first event.
	 * @throws Exception if the guest fails, or is not one
	 */
	void load() throws Exception;

	/**
	 * Asks the guest, which is loaded, for the DDL of its tables.
	 * @return the DDL, or {@code null} if it cannot be asked
	 * @throws Exception if it fails
	 */
	default @Nullable String initDdl() throws Exception {
		return null;
	}

	/**
	 * Transforms events of one pipeline.
	 * @param events the events, more than one only if the program
	 * {@linkplain GuestProgram#takesSeveralEvents() takes several}
	 * @param next to be called where one event ends and another begins, so that each has
	 * the time of one; without it, all have that together
	 * @return what the guest made of each, in order
	 * @throws Exception if the guest has done anything else with them than to return or
	 * refuse each; the instance is not used again
	 */
	List<GuestOutput> transform(List<Event> events, Runnable next) throws Exception;

	/**
	 * Ends the call under way, which has taken too long. Called by another thread.
	 * @param caller the thread of the call
	 */
	default void interrupt(Thread caller) {
		caller.interrupt();
	}

	@Override
	void close();

}
