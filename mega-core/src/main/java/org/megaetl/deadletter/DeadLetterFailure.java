package org.megaetl.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * Why an event could not be written.
 *
 * @param reason the class of reason
 * @param message the transformer's or the database's words
 * @param sqlState the database's SQL state, or {@code null} if it did not speak
 * @param vendorCode the database's own error code, or {@code null} if it did not speak
 */
public record DeadLetterFailure(DeadLetterReason reason, String message, @Nullable String sqlState,
		@Nullable Integer vendorCode) {

}
