package org.megaetl.transformers.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NumericNode;

import org.springframework.lang.Contract;

/**
 * Converts JSON values to what is bound to a column, without loss: what does not fit the
 * column's type is refused, never rounded or cut here.
 */
public final class ColumnValues {

	private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

	private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);

	private static final int MAX_EXPONENT = 1000;

	/**
	 * The longest DOUBLE before the point, and what {@link #MAX_EXPONENT} allows after
	 * it.
	 */
	private static final int MAX_NUMBER = 1500;

	private static final int MAX_SHOWN = 60;

	/** What the database takes for the place of a member. */
	private static final Pattern PLACE = Pattern.compile("\\s*[+-]?\\d+");

	/** The members in a type such as {@code enum('a','b')}. */
	private static final Pattern MEMBERS = Pattern.compile("'((?:[^']|'')*)'");

	/** A time of day such as {@code 10:15:30Z}. */
	private static final Pattern TIME_WITH_OFFSET = Pattern.compile("\\d\\d:\\d\\d[\\d:.]*(?:Z|[+-][\\d:]+)");

	private ColumnValues() {
	}

	/**
	 * Converts a value to its column's type.
	 * @param node the value; {@code null}, a missing node and JSON's null are SQL's NULL
	 * @param column the column
	 * @param epoch what a number in a column of dates or times counts, or {@code null} if
	 * a number is none
	 * @return the value to bind
	 * @throws IllegalArgumentException if the value is not of the column's type
	 */
	public static @Nullable Object convert(@Nullable JsonNode node, Column column, @Nullable EpochUnit epoch) {
		if (node == null || node.isNull() || node.isMissingNode()) {
			return null;
		}
		try {
			return switch (column.kind()) {
				case INTEGER -> integer(node, column);
				case BOOLEAN -> bool(node, column);
				case DECIMAL -> decimal(node, column);
				case FLOAT -> floating(node, column);
				case TEXT -> wellFormed(text(node), node, column);
				case MEMBER -> member(wellFormed(text(node), node, column), node, column);
				case JSON -> wellFormed(node.toString(), node, column);
				case BINARY -> bytes(node, column);
				case DATE -> date(node, column, epoch);
				case DATETIME -> dateTime(node, column, epoch);
				case TIME -> time(node, column, epoch);
				case BIT -> bit(node, column);
			};
		}
		catch (ArithmeticException | DateTimeException ex) {
			throw refusal(node, column, ex);
		}
	}

	/**
	 * Converts a value to the type it has by itself: where no column is known.
	 * @param node the value; {@code null}, a missing node and JSON's null are SQL's NULL
	 * @param epoch what a number counts if it is a time, else {@code null}
	 * @return the value to bind
	 */
	public static @Nullable Object natural(@Nullable JsonNode node, @Nullable EpochUnit epoch) {
		if (node == null || node.isNull() || node.isMissingNode()) {
			return null;
		}
		if (node.isNumber()) {
			if (epoch != null) {
				return LocalDateTime.ofInstant(epoch.toInstant(node.decimalValue()), ZoneOffset.UTC);
			}
			return node.isIntegralNumber() ? whole(node.decimalValue()) : node.decimalValue();
		}
		if (node.isBoolean()) {
			return node.booleanValue();
		}
		return node.isBinary() ? node.binaryValue() : text(node);
	}

	/**
	 * Returns whether a value is a number, and neither infinite nor NaN.
	 * @param node the value
	 * @return whether it is
	 */
	public static boolean isNumber(JsonNode node) {
		return node instanceof NumericNode number && !number.isNaN();
	}

	/**
	 * Reads a text that is a number.
	 * @param text the text
	 * @return the number
	 * @throws NumberFormatException if it is none, or longer than any column can hold: to
	 * read digits takes the square of their number
	 */
	public static BigDecimal number(String text) {
		String number = text.strip();
		if (number.length() > MAX_NUMBER) {
			throw new NumberFormatException("It has " + number.length() + " characters");
		}
		return new BigDecimal(number);
	}

	private static Object integer(JsonNode node, Column column) {
		if (node.isInt() || node.isLong()) {
			return node.longValue();
		}
		if (node.isBoolean()) {
			return node.booleanValue() ? 1L : 0L;
		}
		return whole(decimal(node, column));
	}

	private static Number whole(BigDecimal number) {
		BigInteger whole = number.toBigIntegerExact();
		boolean fits = number.compareTo(MAX_LONG) <= 0 && number.compareTo(MIN_LONG) >= 0;
		// not a conditional expression: it would not bind a BigInteger
		if (fits) {
			return whole.longValue();
		}
		return whole;
	}

	private static Object bool(JsonNode node, Column column) {
		if (node.isString()) {
			if (node.stringValue().equalsIgnoreCase("true")) {
				return 1L;
			}
			if (node.stringValue().equalsIgnoreCase("false")) {
				return 0L;
			}
		}
		return integer(node, column);
	}

	private static Object bit(JsonNode node, Column column) {
		Object value = bool(node, column);
		return (value instanceof Long number && (number == 0 || number == 1)) ? number == 1 : value;
	}

	private static BigDecimal decimal(JsonNode node, Column column) {
		if (isNumber(node)) {
			return bounded(node.decimalValue(), node, column);
		}
		if (node.isString()) {
			try {
				return bounded(number(node.stringValue()), node, column);
			}
			catch (NumberFormatException ex) {
				boolean tooLong = node.stringValue().strip().length() > MAX_NUMBER;
				throw refusal(node, column, tooLong ? ": it has too many digits" : "", ex);
			}
		}
		throw refusal(node, column, null);
	}

	private static Double floating(JsonNode node, Column column) {
		double number = decimal(node, column).doubleValue();
		if (Double.isInfinite(number)) {
			throw refusal(node, column, ": it is too large", null);
		}
		return number;
	}

	/**
	 * Refuses what drivers would write as question marks.
	 */
	private static String wellFormed(String text, JsonNode node, Column column) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				if (Character.charCount(text.codePointAt(i)) != 2) {
					throw refusal(node, column, ": it has half of a surrogate pair, which is no character", null);
				}
				i++;
			}
		}
		return text;
	}

	/**
	 * Refuses what a few characters can write and no column can hold: its digits would
	 * fill the memory.
	 */
	private static BigDecimal bounded(BigDecimal number, JsonNode node, Column column) {
		if (Math.abs((long) number.scale()) > MAX_EXPONENT) {
			throw refusal(node, column, ": it has too many digits", null);
		}
		return number;
	}

	private static String text(JsonNode node) {
		if (node.isString()) {
			return node.stringValue();
		}
		if (node.isIntegralNumber()) {
			return node.asString();
		}
		if (isNumber(node) && Math.abs((long) node.decimalValue().scale()) <= MAX_EXPONENT) {
			return node.decimalValue().toPlainString();
		}
		return node.isBinary() ? Base64.getEncoder().encodeToString(node.binaryValue()) : node.toString();
	}

	/**
	 * Refuses digits that are none of the type's texts: the database would take them for
	 * the place of one.
	 */
	private static String member(String text, JsonNode node, Column column) {
		String digits = text.stripTrailing();
		if (PLACE.matcher(digits).matches()
				&& MEMBERS.matcher(column.type()).results().noneMatch((member) -> member.group(1).equals(digits))) {
			throw refusal(node, column, ": it is none of these, and no number is stored by its place", null);
		}
		return text;
	}

	private static byte[] bytes(JsonNode node, Column column) {
		if (node.isBinary()) {
			return node.binaryValue();
		}
		if (node.isString()) {
			try {
				return Base64.getDecoder().decode(node.stringValue());
			}
			catch (IllegalArgumentException ex) {
				throw refusal(node, column, ex);
			}
		}
		throw refusal(node, column, null);
	}

	private static LocalDate date(JsonNode node, Column column, @Nullable EpochUnit epoch) {
		if (node.isString() && isDate(node.stringValue()) && !counts(node, epoch)) {
			return LocalDate.parse(node.stringValue(), DateTimeFormatter.ISO_DATE);
		}
		return dateTime(node, column, epoch).toLocalDate();
	}

	/**
	 * Returns whether a text is a date alone. It may have an offset, on which the day
	 * does not depend.
	 */
	private static boolean isDate(String text) {
		return text.length() == 10 || (text.length() > 10 && "Z+-".indexOf(text.charAt(10)) >= 0);
	}

	/**
	 * Returns a time in UTC. A text without a zone is taken as it is.
	 */
	private static LocalDateTime dateTime(JsonNode node, Column column, @Nullable EpochUnit epoch) {
		if (counts(node, epoch)) {
			return LocalDateTime.ofInstant(epoch.toInstant(decimal(node, column)), ZoneOffset.UTC);
		}
		String text = timeText(node, column).strip();
		if (text.length() == 10) {
			return LocalDate.parse(text).atStartOfDay();
		}
		String iso = (text.length() > 10 && text.charAt(10) == ' ') ? text.substring(0, 10) + "T" + text.substring(11)
				: text;
		try {
			return (LocalDateTime) DateTimeFormatter.ISO_DATE_TIME.parseBest(iso,
					(parsed) -> OffsetDateTime.from(parsed).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(),
					LocalDateTime::from);
		}
		catch (DateTimeParseException ex) {
			throw refusal(node, column, ex);
		}
	}

	/**
	 * Returns a time of day, or a duration, as text. That of a text with an offset is in
	 * UTC, any other text is left to the database.
	 */
	private static String time(JsonNode node, Column column, @Nullable EpochUnit epoch) {
		if (counts(node, epoch)) {
			return clock(epoch.toDuration(decimal(node, column)));
		}
		String text = timeText(node, column);
		return TIME_WITH_OFFSET.matcher(text).matches()
				? DateTimeFormatter.ISO_LOCAL_TIME.format(OffsetTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC))
				: text;
	}

	/**
	 * Returns what a clock shows after a time, which may be negative or longer than a
	 * day.
	 */
	private static String clock(Duration time) {
		Duration size = time.abs();
		String rest = DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.MIDNIGHT.plus(size)).substring(2);
		return (time.isNegative() ? "-" : "") + ((size.toHours() < 10) ? "0" : "") + size.toHours() + rest;
	}

	/**
	 * Returns whether a value is a time as a number. A source may write times both ways.
	 */
	@Contract("_, null -> false")
	private static boolean counts(JsonNode node, @Nullable EpochUnit epoch) {
		return epoch != null
				&& (node.isNumber() || (node.isString() && node.stringValue().strip().matches("[+-]?\\d+(\\.\\d*)?")));
	}

	private static String timeText(JsonNode node, Column column) {
		if (node.isString()) {
			return node.stringValue();
		}
		String hint = node.isNumber()
				? ": a number is a date or time only where 'epoch' of a mapping says what it counts" : "";
		throw refusal(node, column, hint, null);
	}

	private static IllegalArgumentException refusal(JsonNode node, Column column, @Nullable Exception cause) {
		return refusal(node, column, "", cause);
	}

	private static IllegalArgumentException refusal(JsonNode node, Column column, String hint,
			@Nullable Exception cause) {
		String value = node.toString();
		return new IllegalArgumentException(((value.length() > MAX_SHOWN) ? value.substring(0, MAX_SHOWN) + "…" : value)
				+ " cannot be stored in " + "column '" + column.name() + "', which is " + column.type() + hint, cause);
	}

}
