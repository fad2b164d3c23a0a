package org.megaetl.connector.webhook;

import org.jspecify.annotations.Nullable;

/**
 * A request that is not let through. Its message is for the log.
 */
final class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient Answer answer;

	RefusedException(Answer answer, @Nullable String reason) {
		// thrown for what a sender does: a stack trace would tell nothing
		super(reason, null, false, false);
		this.answer = answer;
	}

	Answer answer() {
		return this.answer;
	}

}
