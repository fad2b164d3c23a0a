package org.megaetl.pipeline;

import java.util.List;

/**
 * The commit of a transaction failed. It may have taken place all the same: only the
 * database knows.
 */
class CommitFailedException extends RuntimeException {

	private final transient List<EventOutcome> outcomes;

	CommitFailedException(List<EventOutcome> outcomes, RuntimeException cause) {
		super("The commit failed: " + cause.getMessage(), cause);
		this.outcomes = outcomes;
	}

	/**
	 * Returns what became of the events if the commit did take place.
	 */
	List<EventOutcome> outcomes() {
		return this.outcomes;
	}

}
