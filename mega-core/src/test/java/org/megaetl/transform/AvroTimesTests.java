package org.megaetl.transform;

import java.time.DateTimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AvroTimes}.
 */
class AvroTimesTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			date, -1, 1969-12-31
			time-millis, 36930500, 10:15:30.500
			time-micros, 36930000001, 10:15:30.000001
			timestamp-millis, 1767225600123, 2026-01-01T00:00:00.123Z
			timestamp-micros, -1, 1969-12-31T23:59:59.999999Z
			timestamp-nanos, 1767225600123456789, 2026-01-01T00:00:00.123456789Z
			local-timestamp-millis, 1767225600123, 2026-01-01T00:00:00.123
			local-timestamp-micros, 1767225600123456, 2026-01-01T00:00:00.123456
			local-timestamp-nanos, 1767225600123456789, 2026-01-01T00:00:00.123456789
			""")
	void aTimeIsTextOfIso8601(String logicalType, long number, String text) {
		assertThat(AvroTimes.text(logicalType, number)).isEqualTo(text);
	}

	@Test
	void otherTypesHaveNoText() {
		assertThat(AvroTimes.text("decimal", 1)).isNull();
	}

	@Test
	void refusesATimeOfDayThatIsLongerThanADay() {
		assertThatExceptionOfType(DateTimeException.class).isThrownBy(() -> AvroTimes.text("time-millis", 86_400_000));
	}

}
