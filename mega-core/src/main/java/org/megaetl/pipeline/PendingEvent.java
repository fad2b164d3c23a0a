package org.megaetl.pipeline;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * An event between transformer and commit.
 *
 * @param event the event
 * @param statements what the transformer returned; empty for a skipped or refused event,
 * {@code null} for one whose transformer writes by itself
 * @param refusal why the transformer refused the event, or {@code null} if it did not
 */
record PendingEvent(Event event, @Nullable List<? extends SqlStatement> statements, @Nullable Throwable refusal) {

	boolean isSkipped() {
		return this.refusal == null && this.statements != null && this.statements.isEmpty();
	}

	boolean isToBeWritten() {
		return this.refusal == null && (this.statements == null || !this.statements.isEmpty());
	}

}
