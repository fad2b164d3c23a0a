package org.megaetl.sink;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A column that {@code LOAD DATA} can fill.
 *
 * @param type what it holds
 * @param nullable whether it takes NULL
 */
record LoadColumn(Type type, boolean nullable) {

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
	 * What a column holds, as far as it matters to which values a text gives the same.
	 */
	enum Type {

		INTEGER, DECIMAL, FLOAT, DOUBLE, TEXT, DATE, DATE_TIME, TIME;

		boolean takesIntegers() {
			return compareTo(TEXT) <= 0;
		}

		boolean takesDecimals() {
			return this == DECIMAL || this == FLOAT || this == DOUBLE;
		}

	}

}
