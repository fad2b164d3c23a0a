package org.megaetl.pipeline;

/**
 * What became of an event once its batch was committed, or buffered.
 */
public sealed interface EventOutcome {

	/**
	 * Its statements are committed.
	 */
	record Written() implements EventOutcome {

	}

	/**
	 * The transformer returned no statement for it.
	 */
	record Skipped() implements EventOutcome {

	}

	/**
	 * An event of the same id was here before; nothing was stored for this one.
	 *
	 * @param sameBody whether that event's payload was the same
	 */
	record Duplicate(boolean sameBody) implements EventOutcome {

	}

	/**
	 * Its part of the source belongs to another reader by now, which will deliver it;
	 * nothing was stored for it here.
	 *
	 * @param positionKey the part of the source
	 */
	record Displaced(String positionKey) implements EventOutcome {

	}

	/**
	 * It could not be written and is stored as a dead letter.
	 *
	 * @param id the dead letter's id
	 * @param reason why, for a person; may quote values of the event
	 */
	record DeadLettered(long id, String reason) implements EventOutcome {

	}

	/**
	 * The transformer refused it and, as the inbound says {@code on-reject: answer},
	 * nothing was stored: the sender must be told.
	 *
	 * @param reason why, for the sender
	 */
	record Rejected(String reason) implements EventOutcome {

	}

	/**
	 * It is stored in an {@link EventBuffer}, and no row yet.
	 *
	 * @param reader the pipeline that carries on with it
	 */
	record Buffered(PipelineName reader) implements EventOutcome {

	}

	/**
	 * It is larger than its buffer takes; nothing was stored for it.
	 *
	 * @param reason how large it is, for the sender
	 */
	record TooLarge(String reason) implements EventOutcome {

	}

}
