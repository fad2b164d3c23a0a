package org.megaetl.pipeline;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The words of a failure that a sender or an operator reads: what is wrong with the
 * event, and nothing about the inside of the program.
 */
final class FailureMessage {

	private FailureMessage() {
	}

	/**
	 * Returns a failure's message, or its class where it has none.
	 */
	static String of(Throwable failure) {
		if (failure instanceof NullPointerException || failure instanceof ClassCastException) {
			// their messages name places in the program as well
			return "The transformer failed: " + failure.getClass().getSimpleName();
		}
		String message = (failure instanceof JacksonException json) ? of(json) : failure.getMessage();
		return (message != null && !message.isBlank()) ? message : failure.getClass().getName();
	}

	/**
	 * The whole message names places in the program, which are not the sender's business.
	 */
	private static @Nullable String of(JacksonException failure) {
		String message = failure.getOriginalMessage().replaceAll("`(?:\\w+[.$])+(\\w+)`", "`$1`");
		String path = failure.getPath()
			.stream()
			.map((step) -> (step.getPropertyName() != null) ? "/" + step.getPropertyName() : "/" + step.getIndex())
			.collect(Collectors.joining());
		return path.isEmpty() ? message : message + " (at " + path + ")";
	}

}
