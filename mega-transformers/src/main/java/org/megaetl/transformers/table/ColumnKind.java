package org.megaetl.transformers.table;

import java.util.Locale;

/**
 * What a column holds, as far as it decides what a value is converted to.
 */
public enum ColumnKind {

	/** Whole numbers. */
	INTEGER,

	/** {@code TINYINT(1)}, which is what {@code BOOLEAN} is. */
	BOOLEAN,

	/** Exact numbers with a fraction. */
	DECIMAL,

	/** {@code FLOAT} and {@code DOUBLE}. */
	FLOAT,

	/** Text, and all types that are written as text. */
	TEXT,

	/** {@code ENUM} and {@code SET}: text of which the type has a list. */
	MEMBER,

	/** JSON. */
	JSON,

	/** Bytes. */
	BINARY,

	/** A date. */
	DATE,

	/** {@code DATETIME} and {@code TIMESTAMP}. */
	DATETIME,

	/** A time of day, or a duration. */
	TIME,

	/** {@code BIT}. */
	BIT;

	/**
	 * Returns the kind of a type.
	 * @param dataType the type without its parameters, such as {@code tinyint}
	 * @param columnType the type with them, such as {@code tinyint(1)}
	 * @return the kind; {@link #TEXT} for a type that is not known
	 */
	public static ColumnKind of(String dataType, String columnType) {
		return switch (dataType.toLowerCase(Locale.ROOT)) {
			case "tinyint" -> columnType.toLowerCase(Locale.ROOT).startsWith("tinyint(1)") ? BOOLEAN : INTEGER;
			case "smallint", "mediumint", "int", "integer", "bigint", "year" -> INTEGER;
			case "decimal", "numeric" -> DECIMAL;
			case "float", "double", "real" -> FLOAT;
			case "enum", "set" -> MEMBER;
			case "json" -> JSON;
			case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BINARY;
			case "date" -> DATE;
			case "datetime", "timestamp" -> DATETIME;
			case "time" -> TIME;
			case "bit" -> BIT;
			default -> TEXT;
		};
	}

}
