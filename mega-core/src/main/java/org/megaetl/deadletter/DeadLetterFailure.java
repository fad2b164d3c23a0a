package org.megaetl.deadletter;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.SqlFailure;

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

	/**
	 * Describes what was thrown.
	 * @param failure what the transformer or the database threw
	 * @param redact whether to replace values of the event in the message by {@code ?}
	 */
	static DeadLetterFailure of(Throwable failure, boolean redact) {
		SqlFailure sqlFailure = SqlFailure.of(failure);
		if (sqlFailure != null) {
			SqlFailure told = redact ? sqlFailure.redacted() : sqlFailure;
			return new DeadLetterFailure(DeadLetterReason.DATABASE_REFUSED, told.message(), told.sqlState(),
					told.vendorCode());
		}
		String message = failure.getMessage();
		if (message == null || message.isBlank()) {
			message = failure.getClass().getName();
		}
		return new DeadLetterFailure(DeadLetterReason.TRANSFORM_FAILED, redact ? SqlFailure.redact(message) : message,
				null, null);
	}

}
