package org.megaetl.sink;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Converts instants to what is bound and read: times in UTC, which no driver shifts.
 */
public final class Utc {

	private Utc() {
	}

	/**
	 * Returns what to bind for an instant.
	 * @param instant the instant
	 * @return the time in UTC
	 */
	public static LocalDateTime of(Instant instant) {
		return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
	}

	/**
	 * Returns the instant of a time that was read.
	 * @param time a time in UTC
	 * @return the instant
	 */
	public static Instant toInstant(LocalDateTime time) {
		return time.toInstant(ZoneOffset.UTC);
	}

}
