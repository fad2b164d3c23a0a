package org.megaetl.sink;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Objects;

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
			statement.setLong(index, integer(value));
		}
	},

	DECIMAL {
		@Override
		void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
			statement.setBigDecimal(index, decimal(value));
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
	 * @return its kind, or {@code null} if it means something else as such, or cannot be
	 * bound
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
		if (value instanceof BigDecimal number) {
			return ValueBinder.isWritable(number) ? DECIMAL : null;
		}
		if (value instanceof BigInteger) {
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
	 * Returns what all values of a column are sent as.
	 * @param kind what those before are sent as, or {@code null} if they are all NULL
	 * @param next what the next one could be sent as
	 * @return the kind, or {@code null} if they have none in common
	 */
	static @Nullable BulkValue common(@Nullable BulkValue kind, BulkValue next) {
		if (kind == null || kind == next) {
			return next;
		}
		return (kind.isNumber() && next.isNumber()) ? DECIMAL : null;
	}

	private boolean isNumber() {
		return this == INTEGER || this == DECIMAL;
	}

	/**
	 * Returns what the values of a column are sent as if there are NULLs among them. The
	 * driver has no NULL of the type of an integer, and would begin a packet anew where
	 * the type changes.
	 * @return the kind
	 */
	BulkValue withNulls() {
		return (this == INTEGER) ? DECIMAL : this;
	}

	/**
	 * Binds a value of a kind that can be sent as this one.
	 * @param statement the statement
	 * @param index the placeholder, from 1
	 * @param value the value
	 * @throws SQLException if the statement has no such placeholder
	 */
	abstract void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException;

	private static long integer(@Nullable Object value) {
		return (value instanceof Boolean flag) ? (flag ? 1 : 0) : ((Number) Objects.requireNonNull(value)).longValue();
	}

	private static @Nullable BigDecimal decimal(@Nullable Object value) {
		if (value == null || value instanceof BigDecimal) {
			return (BigDecimal) value;
		}
		return (value instanceof BigInteger number) ? new BigDecimal(number) : BigDecimal.valueOf(integer(value));
	}

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
