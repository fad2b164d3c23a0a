package org.megaetl.test;

/**
 * A place on the way of a batch at which it can be held.
 */
enum FaultPoint {

	/**
	 * The batch has been read, its transaction has not begun.
	 */
	TRANSFORM,

	/**
	 * All is written, nothing is committed.
	 */
	BEFORE_COMMIT,

	/**
	 * All is committed, the source does not know it yet.
	 */
	AFTER_COMMIT

}
