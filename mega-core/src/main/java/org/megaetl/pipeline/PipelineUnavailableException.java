package org.megaetl.pipeline;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A pipeline cannot take or finish an event now; the event is not stored, or whether it
 * is will show when it is sent again with the same id.
 */
public class PipelineUnavailableException extends RuntimeException {

	private final Duration retryAfter;

	/**
	 * Creates an exception.
	 * @param message what is the matter, for a person; no secrets
	 * @param retryAfter when the sender should try again
	 * @param cause the failure behind it, or {@code null}
	 */
	public PipelineUnavailableException(String message, Duration retryAfter, @Nullable Throwable cause) {
		super(message, cause);
		this.retryAfter = retryAfter;
	}

	/**
	 * Returns when the sender should try again.
	 * @return the time to wait
	 */
	public Duration retryAfter() {
		return this.retryAfter;
	}

}
