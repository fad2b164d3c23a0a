package org.megaetl.deadletter;

/**
 * Why an event became a dead letter.
 */
public enum DeadLetterReason {

	/**
	 * The transformer refused it.
	 */
	TRANSFORM_FAILED,

	/**
	 * The database refused its rows.
	 */
	DATABASE_REFUSED

}
