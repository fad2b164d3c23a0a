package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request comes from whom it should. Thread-safe.
 */
public interface Authenticator {

	/**
	 * Checks a request. How long that takes does not depend on how much of a secret was
	 * guessed.
	 * @param headers the request's headers
	 * @param body the body's bytes as they arrived
	 * @return {@code null} if the request is authentic, else why it is not: for the log
	 * only, without anything the request contained
	 */
	@Nullable String check(RequestHeaders headers, byte[] body);

	/**
	 * Returns what a refused sender is told to authenticate with.
	 * @return a value for the header {@code WWW-Authenticate}
	 */
	default String challenge() {
		return "HMAC";
	}

}
