package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint works, but asks for fewer calls.
 */
final class RateLimitException extends EndpointException {

	RateLimitException(String message, @Nullable Duration retryAfter) {
		super(message, retryAfter);
	}

}
