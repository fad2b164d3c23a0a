package org.megaetl.connector.ethereum.rpc;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;

/**
 * The header {@code Retry-After} of RFC 9110: seconds, or a date.
 */
final class RetryAfter {

	private RetryAfter() {
	}

	/**
	 * Returns how long to wait.
	 * @param header the header's value, or {@code null} if there is none
	 * @return the time, or {@code null} if the header does not say
	 */
	static @Nullable Duration parse(@Nullable String header, Clock clock) {
		if (header == null) {
			return null;
		}
		Duration time;
		try {
			time = Duration.ofSeconds(Long.parseLong(header.strip()));
		}
		catch (NumberFormatException ex) {
			time = until(header.strip(), clock);
		}
		return (time != null && time.isNegative()) ? Duration.ZERO : time;
	}

	private static @Nullable Duration until(String date, Clock clock) {
		try {
			Instant instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return Duration.between(clock.instant(), instant);
		}
		catch (DateTimeException ex) {
			// a hint that cannot be read is no hint
			return null;
		}
	}

}
