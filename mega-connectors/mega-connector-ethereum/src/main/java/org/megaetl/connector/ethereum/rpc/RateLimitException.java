package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint works, but asks for fewer calls.
 */
final class RateLimitException extends EndpointException {

	private RateLimitException(String message, @Nullable Duration retryAfter) {
		super(message, retryAfter);
	}

	/**
	 * Creates an exception.
	 * @param error what the endpoint says
	 * @param retryAfter how long it says to wait, or {@code null} if only the error may
	 * say so
	 */
	static RateLimitException of(RpcError error, @Nullable Duration retryAfter) {
		return new RateLimitException("it asks for fewer calls: " + error.message(),
				(retryAfter != null) ? retryAfter : error.retryAfter());
	}

}
