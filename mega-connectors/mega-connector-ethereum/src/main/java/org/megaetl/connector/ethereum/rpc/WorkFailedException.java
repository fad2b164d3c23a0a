package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Endpoints were asked, and none of them did the work: less work may be done.
 */
public final class WorkFailedException extends EndpointException {

	WorkFailedException(String message, @Nullable Duration retryAfter) {
		super(message, retryAfter);
	}

}
