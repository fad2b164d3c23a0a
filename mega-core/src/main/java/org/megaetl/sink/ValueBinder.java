package org.megaetl.sink;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.util.Date;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;
import tools.jackson.databind.JsonNode;

import org.springframework.lang.Contract;

/**
 * Binds a Java value to a placeholder. What it does not know it refuses: the driver would
 * store a serialised Java object.
 */
final class ValueBinder {

	/**
	 * Characters of values after which a statement is sent: far below every server's
	 * {@code max_allowed_packet} (16 MB and more), and large enough to make a round trip
	 * negligible.
	 */
	private static final int MAX_PACKET = 1 << 20;

	/** More than the digits of any {@code double} behind the point. */
	private static final int MAX_SCALE = 1100;

	private ValueBinder() {
	}

	/**
	 * Binds the values of a row.
	 * @param statement the statement
	 * @param first the index of the first placeholder
	 * @param row the row
	 * @return the index behind the last
	 * @throws SQLException if the driver refuses a value
	 */
	static int bind(PreparedStatement statement, int first, Row row) throws SQLException {
		int index = first;
		// without an iterator per row
		List<@Nullable Object> values = row.values();
		for (int column = 0; column < values.size(); column++) {
			bind(statement, index++, values.get(column));
		}
		return index;
	}

	static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
		if (isNull(value)) {
			statement.setNull(index, Types.NULL);
		}
		else if (value instanceof String text) {
			statement.setString(index, text);
		}
		else if (value instanceof Integer number) {
			statement.setInt(index, number);
		}
		else if (value instanceof Long number) {
			statement.setLong(index, number);
		}
		else if (value instanceof BigDecimal number) {
			if (!isWritable(number)) {
				throw new IllegalArgumentException(
						"A number with more than " + MAX_SCALE + " digits before or behind the point cannot be bound");
			}
			statement.setBigDecimal(index, number);
		}
		else if (value instanceof byte[] bytes) {
			statement.setBytes(index, bytes);
		}
		else if (value instanceof BigInteger number) {
			// as an object, Connector/J may send its low 64 bits only
			statement.setBigDecimal(index, new BigDecimal(number));
		}
		else {
			Object converted = convert(value);
			if (converted instanceof BigDecimal) {
				bind(statement, index, converted);
			}
			else {
				statement.setObject(index, converted);
			}
		}
	}

	/**
	 * Returns whether a value is SQL's NULL, as what a JSON document has no value for is.
	 * @param value the value
	 * @return whether nothing is stored
	 */
	@Contract("null -> true")
	static boolean isNull(@Nullable Object value) {
		return value == null || (value instanceof JsonNode node && (node.isNull() || node.isMissingNode()));
	}

	/**
	 * Returns whether a driver can be given a number. It writes out all digits, and of
	 * {@code 1e999999999} they would fill the memory.
	 * @param number the number
	 * @return {@code false} for one that no column can hold
	 */
	static boolean isWritable(BigDecimal number) {
		return number.scale() <= MAX_SCALE && (number.scale() >= -MAX_SCALE || number.signum() == 0);
	}

	/**
	 * Converts a value to what a driver is to be given.
	 * @param value a value of any type but {@code byte[]}
	 * @return a string, number, boolean, or a date or time
	 * @throws IllegalArgumentException if the value is of a type that cannot be bound
	 */
	static Object convert(Object value) {
		if (value instanceof Instant instant) {
			return utc(instant);
		}
		if (value instanceof OffsetDateTime time) {
			return utc(time.toInstant());
		}
		if (value instanceof ZonedDateTime time) {
			return utc(time.toInstant());
		}
		if (isNumber(value) || value instanceof Boolean || value instanceof LocalDate || value instanceof LocalDateTime
				|| value instanceof LocalTime) {
			return value;
		}
		if (value instanceof Number number) {
			return decimal(number);
		}
		// the MariaDB driver takes the midnight of the JVM's time zone for one of the
		// connection's, which may be another day
		if (value instanceof java.sql.Date date) {
			return date.toLocalDate();
		}
		if (value instanceof java.sql.Time time) {
			return time.toLocalTime().with(ChronoField.MILLI_OF_SECOND, Math.floorMod(time.getTime(), 1000L));
		}
		if (value instanceof Date date) {
			return utc((date instanceof Timestamp timestamp) ? timestamp.toInstant()
					: Instant.ofEpochMilli(date.getTime()));
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof CharSequence || value instanceof Character || value instanceof UUID
				|| value instanceof JsonNode) {
			return value.toString();
		}
		throw unknown(value, null);
	}

	/**
	 * Returns whether a number is one that every driver knows. Of others Connector/J
	 * stores the serialised Java object.
	 */
	private static boolean isNumber(Object value) {
		return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte
				|| value instanceof Double || value instanceof Float || value instanceof BigDecimal
				|| value instanceof BigInteger;
	}

	private static BigDecimal decimal(Number number) {
		try {
			return new BigDecimal(number.toString());
		}
		catch (NumberFormatException ex) {
			throw unknown(number, ex);
		}
	}

	private static IllegalArgumentException unknown(Object value, @Nullable Exception cause) {
		return new IllegalArgumentException("A value of type " + value.getClass().getName()
				+ " cannot be bound: convert it to a string, number, boolean, byte[], java.time value or JsonNode",
				cause);
	}

	/**
	 * A time without zone is what no driver shifts; the session's time zone is UTC.
	 */
	private static LocalDateTime utc(Instant instant) {
		return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
	}

	/**
	 * Returns where the rows end that are sent at once.
	 * @param rows the rows
	 * @param from the first of them
	 * @param limit the end of those that may be sent
	 * @return the first row that is too much, or the limit
	 */
	static int endOfPacket(List<Row> rows, int from, int limit) {
		long size = 0;
		for (int i = from; i < limit; i++) {
			size += size(rows.get(i));
			if (size > MAX_PACKET) {
				return Math.max(from + 1, i);
			}
		}
		return limit;
	}

	/**
	 * Estimates how many bytes the values of a row add to a statement.
	 */
	private static long size(Row row) {
		long size = 0;
		List<@Nullable Object> values = row.values();
		for (int column = 0; column < values.size(); column++) {
			size += size(values.get(column));
		}
		return size;
	}

	/**
	 * Estimates how many bytes the value adds to a statement.
	 */
	private static long size(@Nullable Object value) {
		// what is usual first: whether something is a CharSequence takes long to tell
		if (value instanceof String text) {
			return text.length() + 2;
		}
		if (value instanceof BigDecimal number) {
			return number.precision() + Math.abs((long) number.scale()) + 2;
		}
		if (value == null || value instanceof Number) {
			return 12;
		}
		if (value instanceof CharSequence text) {
			return text.length() + 2;
		}
		if (value instanceof byte[] bytes) {
			return bytes.length + 2;
		}
		return (value instanceof JsonNode node) ? node.toString().length() + 2 : 12;
	}

}
