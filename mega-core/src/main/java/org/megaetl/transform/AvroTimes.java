package org.megaetl.transform;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

/**
 * The dates and times of Apache Avro as texts of ISO 8601. It is here, so that one schema
 * has one meaning whoever decodes it.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#logical-types">Logical
 * types</a>
 */
public final class AvroTimes {

	private AvroTimes() {
	}

	/**
	 * Returns the text of a date or time.
	 * @param logicalType the name of the logical type, such as {@code timestamp-millis}
	 * @param number the value
	 * @return the text, or {@code null} if the type is no date or time
	 * @throws java.time.DateTimeException if there is no such time
	 * @throws ArithmeticException if there is no such time
	 */
	public static @Nullable String text(String logicalType, long number) {
		Object time = switch (logicalType) {
			case "date" -> LocalDate.ofEpochDay(number);
			case "time-millis" -> timeOfDay(number, ChronoUnit.MILLIS);
			case "time-micros" -> timeOfDay(number, ChronoUnit.MICROS);
			case "timestamp-millis" -> instant(number, ChronoUnit.MILLIS);
			case "timestamp-micros" -> instant(number, ChronoUnit.MICROS);
			case "timestamp-nanos" -> instant(number, ChronoUnit.NANOS);
			case "local-timestamp-millis" -> local(number, ChronoUnit.MILLIS);
			case "local-timestamp-micros" -> local(number, ChronoUnit.MICROS);
			case "local-timestamp-nanos" -> local(number, ChronoUnit.NANOS);
			default -> null;
		};
		return (time != null) ? time.toString() : null;
	}

	private static LocalTime timeOfDay(long number, ChronoUnit unit) {
		return LocalTime.ofNanoOfDay(Math.multiplyExact(number, unit.getDuration().toNanos()));
	}

	private static Instant instant(long number, ChronoUnit unit) {
		return Instant.EPOCH.plus(number, unit);
	}

	private static LocalDateTime local(long number, ChronoUnit unit) {
		return LocalDateTime.ofInstant(instant(number, unit), ZoneOffset.UTC);
	}

}
