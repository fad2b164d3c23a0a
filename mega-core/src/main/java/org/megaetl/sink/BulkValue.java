package org.megaetl.sink;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

import org.jspecify.annotations.Nullable;

/**
 * What a value is sent as by the bulk protocol, which has a type for each column and not
 * for each value: one that means to every column what the literal does that is otherwise
 * sent.
 */
enum BulkValue {

	INTEGER {
		@Override
		void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
			if (value == null) {
				// the driver has no other
				statement.setNull(index, Types.BIGINT);
			}
			else {
				statement.setLong(index,
						(value instanceof Boolean flag) ? (flag ? 1 : 0) : ((Number) value).longValue());
			}
		}
	},

	DECIMAL {
		@Override
		void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
			statement.setBigDecimal(index, (BigDecimal) value);
		}
	},

	TEXT {
		@Override
		void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
			statement.setString(index, (value instanceof String || value == null) ? (String) value : text(value));
		}
	},

	BYTES {
		@Override
		void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
			statement.setBytes(index, (byte[]) value);
		}
	};

	private static final int MAX_YEAR = 9999;

	/**
	 * Returns what a value is sent as.
	 * @param value the value
	 * @return its kind, or {@code null} if it means something else as such
	 * @throws IllegalArgumentException if the value is of a type that cannot be bound
	 */
	static @Nullable BulkValue of(Object value) {
		if (value instanceof String) {
			return TEXT;
		}
		if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte
				|| value instanceof Boolean) {
			return INTEGER;
		}
		if (value instanceof BigDecimal) {
			return DECIMAL;
		}
		if (value instanceof byte[]) {
			return BYTES;
		}
		Object converted = ValueBinder.convert(value);
		if (converted instanceof LocalDateTime time) {
			return hasYear(time.getYear()) ? TEXT : null;
		}
		if (converted instanceof LocalDate date) {
			return hasYear(date.getYear()) ? TEXT : null;
		}
		return (converted instanceof String || converted instanceof LocalTime) ? TEXT : null;
	}

	/**
	 * Binds a value of this kind.
	 * @param statement the statement
	 * @param index the placeholder, from 1
	 * @param value the value
	 * @throws SQLException if the statement has no such placeholder
	 */
	abstract void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException;

	private static boolean hasYear(int year) {
		return year > 0 && year <= MAX_YEAR;
	}

	/**
	 * Returns the text that the driver puts into a statement. The same value of a type of
	 * its own is something else to a column of texts or numbers.
	 */
	private static String text(Object value) {
		Object converted = ValueBinder.convert(value);
		if (converted instanceof LocalDateTime time) {
			StringBuilder text = new StringBuilder(26).append(time.toLocalDate()).append(' ');
			appendTime(text, time.toLocalTime());
			int micros = time.getNano() / 1000;
			if (time.getNano() != 0) {
				appendFraction(text, micros, 6);
			}
			return text.toString();
		}
		if (converted instanceof LocalTime time) {
			StringBuilder text = new StringBuilder(15);
			appendTime(text, time);
			int micros = time.getNano() / 1000;
			if (micros % 1000 != 0) {
				appendFraction(text, micros, 6);
			}
			else if (micros > 0) {
				appendFraction(text, micros / 1000, 3);
			}
			return text.toString();
		}
		return converted.toString();
	}

	private static void appendTime(StringBuilder text, LocalTime time) {
		appendDigits(text, time.getHour());
		appendDigits(text.append(':'), time.getMinute());
		appendDigits(text.append(':'), time.getSecond());
	}

	private static void appendDigits(StringBuilder text, int number) {
		text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
	}

	private static void appendFraction(StringBuilder text, int fraction, int digits) {
		String number = Integer.toString(fraction);
		text.append('.').append("0".repeat(digits - number.length())).append(number);
	}

}
