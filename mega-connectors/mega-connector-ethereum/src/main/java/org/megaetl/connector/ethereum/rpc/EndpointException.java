package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint cannot be used just now, or its answer cannot be believed: another one, or
 * the same one later, may do better. Its message contains no secrets.
 */
public class EndpointException extends RuntimeException {

	private final transient @Nullable Duration retryAfter;

	/**
	 * Creates an exception.
	 * @param message what is wrong, without the URL
	 */
	public EndpointException(String message) {
		this(message, null);
	}

	EndpointException(String message, @Nullable Duration retryAfter) {
		super(message);
		this.retryAfter = retryAfter;
	}

	/**
	 * Returns how long to let the endpoint alone.
	 * @return the time, or {@code null} if the endpoint did not say
	 */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

}
