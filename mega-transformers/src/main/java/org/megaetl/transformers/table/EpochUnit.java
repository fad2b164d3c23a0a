package org.megaetl.transformers.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * What a time that is a number counts since 1970 in UTC.
 */
public enum EpochUnit {

	/**
	 * Seconds, which may have a fraction.
	 */
	SECONDS(0),

	/**
	 * Thousandths of a second.
	 */
	MILLIS(3),

	/**
	 * Millionths of a second.
	 */
	MICROS(6),

	/**
	 * Billionths of a second.
	 */
	NANOS(9);

	private final int digits;

	EpochUnit(int digits) {
		this.digits = digits;
	}

	/**
	 * Returns the instant of a number.
	 * @param number the number
	 * @return the instant, exact to the nanosecond
	 * @throws ArithmeticException if it is too far away
	 * @throws java.time.DateTimeException if it is too far away
	 */
	public Instant toInstant(BigDecimal number) {
		BigDecimal seconds = number.movePointLeft(this.digits);
		BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
		return Instant.ofEpochSecond(whole.longValueExact(),
				seconds.subtract(whole).movePointRight(9).setScale(0, RoundingMode.DOWN).longValueExact());
	}

}
