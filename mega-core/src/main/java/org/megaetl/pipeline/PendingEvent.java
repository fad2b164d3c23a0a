package org.megaetl.pipeline;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sql.SqlStatement;

/**
 * An event between transformer and commit.
 *
 * @param event the event
 * @param statements what the transformer returned; empty for a skipped or refused event,
 * {@code null} for one whose transformer writes by itself
 * @param refusal why the transformer refused the event, or {@code null} if it did not
 * @param letter the id of the dead letter the event was taken from, or {@code null} if it
 * comes from its source
 */
record PendingEvent(Event event, @Nullable List<? extends SqlStatement> statements, @Nullable Throwable refusal,
		@Nullable Long letter) {

	PendingEvent(Event event, @Nullable List<? extends SqlStatement> statements, @Nullable Throwable refusal) {
		this(event, statements, refusal, null);
	}

	/**
	 * Returns the event as one that is taken from a dead letter.
	 */
	PendingEvent ofLetter(long id) {
		return new PendingEvent(this.event, this.statements, this.refusal, id);
	}

	/**
	 * Returns the event as one that is refused, whatever the transformer said.
	 */
	PendingEvent refused(Throwable failure) {
		return new PendingEvent(this.event, List.of(), failure, this.letter);
	}

	boolean isSkipped() {
		return this.refusal == null && this.statements != null && this.statements.isEmpty();
	}

	boolean isToBeWritten() {
		return this.refusal == null && (this.statements == null || !this.statements.isEmpty());
	}

	/**
	 * Returns whether the event is stored as a dead letter if it fails so, rather than
	 * only answered: what the database refuses is no sender's business.
	 */
	boolean isStoredIfRefused(Throwable failure, RejectPolicy onReject) {
		return onReject == RejectPolicy.DEAD_LETTER || this.letter != null || SqlFailure.of(failure) != null;
	}

}
