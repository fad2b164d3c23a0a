package org.megaetl.sink;

import java.math.BigDecimal;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A column of which it is known what it stores and what it refuses, so that
 * {@code LOAD DATA} can fill it.
 *
 * @param type what it holds
 * @param nulls what it does with NULL
 * @param min the least integer, if it holds integers
 * @param max the largest integer, or the most characters of a text, or the most digits
 * before the point of a decimal; {@link Long#MAX_VALUE} if there is no such limit
 */
record LoadColumn(Type type, Nulls nulls, long min, long max) {

	/**
	 * Returns a column of integers.
	 * @param dataType the type's name
	 * @param columnType the type as the database writes it, such as
	 * {@code int(10) unsigned}
	 * @param nulls what it does with NULL
	 * @return the column
	 */
	static LoadColumn ofIntegers(String dataType, String columnType, Nulls nulls) {
		int bytes = switch (dataType) {
			case "tinyint" -> 1;
			case "smallint" -> 2;
			case "mediumint" -> 3;
			case "int" -> 4;
			default -> Long.BYTES;
		};
		long max = Long.MAX_VALUE >> 8 * (Long.BYTES - bytes);
		if (columnType.contains("unsigned") || columnType.contains("zerofill")) {
			return new LoadColumn(Type.INTEGER, nulls, 0, (bytes < Long.BYTES) ? 2 * max + 1 : max);
		}
		return new LoadColumn(Type.INTEGER, nulls, -max - 1, max);
	}

	/**
	 * Returns whether the database is going to refuse a value. A guess, which costs time
	 * if it is wrong: what is stored in a shorter form is let pass.
	 * @param value the value
	 * @return {@code true} if it does not fit
	 */
	boolean refuses(@Nullable Object value) {
		if (value instanceof String text) {
			return this.type == Type.TEXT && text.length() > this.max && isTooLong(text);
		}
		if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
			long number = ((Number) value).longValue();
			return this.type == Type.INTEGER && (number < this.min || number > this.max);
		}
		if (value instanceof BigDecimal number) {
			return this.type == Type.DECIMAL && number.precision() - (long) number.scale() > this.max
					&& number.signum() != 0;
		}
		return this.nulls == Nulls.REFUSED && ValueBinder.isNull(value);
	}

	/**
	 * Blanks at the end are cut off without an error, and so are line breaks and tabs.
	 */
	private boolean isTooLong(String text) {
		int end = text.length();
		while (end > this.max && isBlank(text.charAt(end - 1))) {
			end--;
		}
		return text.codePointCount(0, end) > this.max;
	}

	private static boolean isBlank(char last) {
		return last == ' ' || (last >= '\t' && last <= '\r');
	}

	/**
	 * Returns what a column of a type of the database holds.
	 * @param dataType the type's name, as in {@code information_schema.COLUMNS}
	 * @return its type, or {@code null} if its values must be bound
	 */
	static @Nullable Type type(String dataType) {
		return switch (dataType.toLowerCase(Locale.ROOT)) {
			case "tinyint", "smallint", "mediumint", "int", "bigint" -> Type.INTEGER;
			case "decimal" -> Type.DECIMAL;
			case "float" -> Type.FLOAT;
			case "double" -> Type.DOUBLE;
			case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> Type.TEXT;
			case "date" -> Type.DATE;
			case "datetime", "timestamp" -> Type.DATE_TIME;
			case "time" -> Type.TIME;
			default -> null;
		};
	}

	/**
	 * What a column does with NULL.
	 */
	enum Nulls {

		STORED, REFUSED,

		/** Takes another value in its place. */
		REPLACED

	}

	/**
	 * What a column holds, as far as it matters to which values a text gives the same.
	 */
	enum Type {

		INTEGER, DECIMAL, FLOAT, DOUBLE, TEXT, DATE, DATE_TIME, TIME;

		boolean takesIntegers() {
			return this == INTEGER || this == TEXT || takesDecimals();
		}

		boolean takesDecimals() {
			return this == DECIMAL || this == FLOAT || this == DOUBLE;
		}

	}

}
