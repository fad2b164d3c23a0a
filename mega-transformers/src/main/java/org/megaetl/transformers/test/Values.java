package org.megaetl.transformers.test;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.ColumnKind;
import org.megaetl.transformers.table.ColumnValues;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import org.springframework.lang.Contract;

/**
 * Compares values as their column would: both are converted to its type, or to that of
 * the value found where no column is known.
 */
final class Values {

	private static final ObjectReader json = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build()
		.readerFor(JsonNode.class);

	private Values() {
	}

	/**
	 * Returns what is different.
	 * @param expected the value of the test
	 * @param actual the value that is bound
	 * @param column its column, or {@code null} if that is not known
	 * @return the difference, or {@code null} if there is none
	 */
	static @Nullable String difference(JsonNode expected, @Nullable Object actual, @Nullable Column column) {
		if (expected.isNull() || isNull(actual)) {
			return (expected.isNull() && isNull(actual)) ? null : unequal(expected, actual);
		}
		ColumnKind kind = (column != null) ? column.kind() : kind(actual);
		if (kind == ColumnKind.JSON) {
			return equalJson(expected, parsed(actual)) ? null : unequal(expected, actual);
		}
		Column as = (column != null) ? column : new Column("", kind, kind.name(), true, false, false, false);
		Object right;
		try {
			right = ColumnValues.convert(expected, as, null);
		}
		catch (IllegalArgumentException ex) {
			return unequal(expected, actual) + "; the expected " + ex.getMessage();
		}
		Object left;
		try {
			left = ColumnValues.convert(node(actual), as, null);
		}
		catch (IllegalArgumentException ex) {
			return unequal(expected, actual) + "; " + ex.getMessage();
		}
		return equal(left, right) ? null : unequal(expected, actual);
	}

	/**
	 * Returns whether a value is bound as SQL's NULL, as what a JSON document has no
	 * value for is.
	 */
	@Contract("null -> true")
	private static boolean isNull(@Nullable Object value) {
		return value == null || (value instanceof JsonNode node && (node.isNull() || node.isMissingNode()));
	}

	private static String unequal(JsonNode expected, @Nullable Object actual) {
		return "is " + show(actual) + ", but " + show(expected) + " is expected";
	}

	private static boolean equal(@Nullable Object left, @Nullable Object right) {
		if (left instanceof Number && right instanceof Number) {
			return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString())) == 0;
		}
		return Objects.deepEquals(left, right);
	}

	private static boolean equalJson(JsonNode left, JsonNode right) {
		return left.equals((one, other) -> (one.isNumber() && other.isNumber())
				? one.decimalValue().compareTo(other.decimalValue()) : one.equals(other) ? 0 : 1, right);
	}

	/**
	 * Returns what a column of JSON would hold.
	 */
	private static JsonNode parsed(Object actual) {
		try {
			return (actual instanceof CharSequence text) ? json.readValue(text.toString()) : node(actual);
		}
		catch (JacksonException ex) {
			return StringNode.valueOf(actual.toString());
		}
	}

	private static ColumnKind kind(Object actual) {
		if (actual instanceof Boolean) {
			return ColumnKind.BOOLEAN;
		}
		if (actual instanceof Number) {
			return ColumnKind.DECIMAL;
		}
		if (actual instanceof byte[]) {
			return ColumnKind.BINARY;
		}
		if (actual instanceof LocalDate) {
			return ColumnKind.DATE;
		}
		if (actual instanceof ObjectNode || actual instanceof ArrayNode) {
			return ColumnKind.JSON;
		}
		return isTime(actual) ? ColumnKind.DATETIME : ColumnKind.TEXT;
	}

	private static boolean isTime(Object actual) {
		return actual instanceof LocalDateTime || actual instanceof Instant || actual instanceof OffsetDateTime
				|| actual instanceof ZonedDateTime
				|| (actual instanceof Date && !(actual instanceof java.sql.Date) && !(actual instanceof java.sql.Time));
	}

	private static JsonNode node(@Nullable Object actual) {
		if (actual == null) {
			return NullNode.getInstance();
		}
		if (actual instanceof JsonNode node) {
			return node;
		}
		if (actual instanceof Boolean value) {
			return BooleanNode.valueOf(value);
		}
		if (actual instanceof Number number) {
			return DecimalNode.valueOf(new BigDecimal(number.toString()));
		}
		return (actual instanceof byte[] bytes) ? BinaryNode.valueOf(bytes) : StringNode.valueOf(text(actual));
	}

	private static String text(Object actual) {
		if (actual instanceof ZonedDateTime time) {
			return time.withZoneSameInstant(ZoneOffset.UTC).toLocalDateTime().toString();
		}
		if (isTime(actual) && actual instanceof Date date) {
			return date.toInstant().toString();
		}
		return (actual instanceof Enum<?> constant) ? constant.name() : actual.toString();
	}

	/**
	 * Shows a value to a person.
	 */
	static String show(@Nullable Object value) {
		if (isNull(value)) {
			return "NULL";
		}
		if (value instanceof JsonNode node) {
			return node.isString() ? "'" + node.stringValue() + "'" : node.toString();
		}
		if (value instanceof byte[] bytes) {
			return BinaryNode.valueOf(bytes).asString() + " (Base64)";
		}
		return (value instanceof Number || value instanceof Boolean) ? value.toString() : "'" + text(value) + "'";
	}

}
