package org.megaetl.pipeline;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A pipeline cannot take or finish an event now; the event is not stored, or whether it
 * is will show when it is sent again with the same id.
 */
public class PipelineUnavailableException extends RuntimeException {

	/** When a sender is to come back where nothing tells how long it will take. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private final Duration retryAfter;

	/**
	 * Creates an exception where nothing tells when the sender should try again.
	 * @param message what is the matter, for a person; no secrets
	 * @param cause the failure behind it, or {@code null}
	 */
	public PipelineUnavailableException(String message, @Nullable Throwable cause) {
		this(message, RETRY_AFTER, cause);
	}

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
