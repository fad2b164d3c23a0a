package org.megaetl.transformers.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/**
 * What a date or time that is a number counts: since 1970 in UTC, or since midnight if it
 * is a time of day.
 */
public enum EpochUnit {

	/**
	 * Days.
	 */
	DAYS("86400"),

	/**
	 * Seconds, which may have a fraction.
	 */
	SECONDS("1"),

	/**
	 * Thousandths of a second.
	 */
	MILLIS("0.001"),

	/**
	 * Millionths of a second.
	 */
	MICROS("0.000001"),

	/**
	 * Billionths of a second.
	 */
	NANOS("0.000000001");

	private final BigDecimal seconds;

	EpochUnit(String seconds) {
		this.seconds = new BigDecimal(seconds);
	}

	/**
	 * Returns the instant of a number.
	 * @param number the number
	 * @return the instant, exact to the nanosecond
	 * @throws ArithmeticException if it is too far away
	 * @throws java.time.DateTimeException if it is too far away
	 */
	public Instant toInstant(BigDecimal number) {
		return Instant.EPOCH.plus(toDuration(number));
	}

	/**
	 * Returns the time that a number of these units is.
	 * @param number the number
	 * @return the time, exact to the nanosecond
	 * @throws ArithmeticException if it is too long
	 */
	public Duration toDuration(BigDecimal number) {
		BigDecimal seconds = number.multiply(this.seconds);
		BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
		return Duration.ofSeconds(whole.longValueExact(),
				seconds.subtract(whole).movePointRight(9).setScale(0, RoundingMode.DOWN).longValueExact());
	}

}
