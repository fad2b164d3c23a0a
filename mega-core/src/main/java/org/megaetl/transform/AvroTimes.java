package org.megaetl.transform;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;

/**
 * The dates and times of Apache Avro as texts of ISO 8601. It is here, so that one schema
 * has one meaning whoever decodes it.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#logical-types">Logical
 * types</a>
 */
public final class AvroTimes {

	private static final Map<String, LongFunction<Object>> TIMES = Map.of("date", LocalDate::ofEpochDay, "time-millis",
			(number) -> timeOfDay(number, ChronoUnit.MILLIS), "time-micros",
			(number) -> timeOfDay(number, ChronoUnit.MICROS), "timestamp-millis",
			(number) -> instant(number, ChronoUnit.MILLIS), "timestamp-micros",
			(number) -> instant(number, ChronoUnit.MICROS), "timestamp-nanos",
			(number) -> instant(number, ChronoUnit.NANOS), "local-timestamp-millis",
			(number) -> local(number, ChronoUnit.MILLIS), "local-timestamp-micros",
			(number) -> local(number, ChronoUnit.MICROS), "local-timestamp-nanos",
			(number) -> local(number, ChronoUnit.NANOS));

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
		LongFunction<Object> time = TIMES.get(logicalType);
		return (time != null) ? time.apply(number).toString() : null;
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
