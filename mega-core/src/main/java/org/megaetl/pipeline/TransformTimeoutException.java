package org.megaetl.pipeline;

import java.time.Duration;

/**
 * A transformer took too long for an event.
 */
class TransformTimeoutException extends RuntimeException {

	TransformTimeoutException(Duration timeout, Throwable cause) {
		super("The transformer did not return within " + timeout.toMillis() + " ms (mega.transform.timeout)", cause);
	}

}
