package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.Nullable;

/**
 * The headers of a request.
 */
@FunctionalInterface
public interface RequestHeaders {

	/**
	 * Returns the first value of a header.
	 * @param name the header's name, in any case
	 * @return the value, or {@code null} if there is no such header
	 */
	@Nullable String first(String name);

}
