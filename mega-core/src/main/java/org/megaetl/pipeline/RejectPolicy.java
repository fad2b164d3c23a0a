package org.megaetl.pipeline;

/**
 * What happens to an event that its transformer refuses, where the source has somebody to
 * answer.
 */
public enum RejectPolicy {

	/**
	 * The sender is told, nothing is stored.
	 */
	ANSWER,

	/**
	 * The event is stored as a dead letter.
	 */
	DEAD_LETTER

}
