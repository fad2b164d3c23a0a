package org.megaetl.connector.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.EventOutcome;

/**
 * What a sender of several events is told of one of them.
 *
 * @param status what became of it
 * @param eventId its id, if it has one
 * @param id the dead letter's id, if it became one
 * @param detail why it was refused, if it was
 */
@JsonInclude(Include.NON_NULL)
record ItemAnswer(String status, @Nullable String eventId, @Nullable Long id, @Nullable String detail) {

	/** Of a thousand events, each may have something wrong. */
	private static final int MAX_LENGTH = 200;

	static ItemAnswer of(EventOutcome outcome, @Nullable String eventId) {
		String shortId = (eventId != null) ? Answer.limit(eventId, MAX_LENGTH) : null;
		if (outcome instanceof EventOutcome.Written) {
			return new ItemAnswer("written", shortId, null, null);
		}
		if (outcome instanceof EventOutcome.Skipped) {
			return new ItemAnswer("skipped", shortId, null, null);
		}
		if (outcome instanceof EventOutcome.Duplicate duplicate) {
			return new ItemAnswer(duplicate.sameBody() ? "duplicate" : "id-reused", shortId, null, null);
		}
		if (outcome instanceof EventOutcome.DeadLettered deadLettered) {
			return new ItemAnswer("dead-lettered", shortId, deadLettered.id(), null);
		}
		if (outcome instanceof EventOutcome.Rejected rejected) {
			return new ItemAnswer("rejected", shortId, null, Answer.limit(rejected.reason(), MAX_LENGTH));
		}
		if (outcome instanceof EventOutcome.Buffered) {
			return new ItemAnswer("buffered", shortId, null, null);
		}
		if (outcome instanceof EventOutcome.TooLarge tooLarge) {
			return new ItemAnswer("too-large", shortId, null, Answer.limit(tooLarge.reason(), MAX_LENGTH));
		}
		throw new IllegalStateException("No sender can be told of " + outcome);
	}

	boolean is(String status) {
		return this.status.equals(status);
	}

}
