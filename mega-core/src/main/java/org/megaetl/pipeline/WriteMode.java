package org.megaetl.pipeline;

/**
 * What an attempt to write a batch does with events that the database refuses.
 */
enum WriteMode {

	/**
	 * The first refusal ends the attempt: what costs a good batch least.
	 */
	TOGETHER,

	/**
	 * Leaves out the events that are known to be at fault.
	 */
	ISOLATING,

	/**
	 * Leaves out also those that fail for an unknown reason: the database has been proven
	 * to work after a failure of this batch, and proves it again by committing the rest.
	 */
	PROVEN,

	/**
	 * One by one, so that a failure names its event, see {@link EventFailedException}:
	 * for events that cannot be committed apart.
	 */
	ONE_BY_ONE

}
