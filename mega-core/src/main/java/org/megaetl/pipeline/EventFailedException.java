package org.megaetl.pipeline;

/**
 * One event of a batch that is written one by one has failed, and with it the attempt.
 */
final class EventFailedException extends Exception {

	private final transient PendingEvent event;

	private final Exception failure;

	EventFailedException(PendingEvent event, Exception failure) {
		super(failure);
		this.event = event;
		this.failure = failure;
	}

	PendingEvent event() {
		return this.event;
	}

	/**
	 * Returns what the event failed with.
	 */
	Exception failure() {
		return this.failure;
	}

}
