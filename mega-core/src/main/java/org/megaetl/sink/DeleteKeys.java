package org.megaetl.sink;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;
import tools.jackson.databind.JsonNode;

/**
 * The keys of rows to delete, of which the database does not convert the value to the
 * type of the column, as it does when it stores it. It compares a number with a text, and
 * a text with a decimal, as floating-point numbers: without an index, and finds other
 * rows as well where there are more than 15 digits, or letters behind them.
 */
final class DeleteKeys {

	private static final String TYPES = """
			SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS
			WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?""";

	private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext",
			"varbinary", "tinyblob", "blob", "mediumblob", "longblob");

	private static final String DECIMAL = "decimal";

	private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,65}(\\.\\d{1,30})?([eE][+-]?\\d{1,2})?");

	/** The digits of a decimal before and behind the point, so that none is dropped. */
	private static final int MAX_INTEGER_DIGITS = 65;

	private static final int MAX_SCALE = 30;

	private DeleteKeys() {
	}

	/**
	 * Reads the types of a table's columns.
	 * @param connection the connection to read the catalogue with
	 * @param table the table's name, perhaps with its schema
	 * @return the types' names by those of the columns, all in lower case
	 * @throws SQLException if the catalogue cannot be read
	 */
	static Map<String, String> types(Connection connection, String table) throws SQLException {
		Map<String, String> types = new HashMap<>();
		CatalogueQuery.ofTable(connection, TYPES, table, (row) -> {
			String column = row.getString(1).toLowerCase(Locale.ROOT);
			types.put(column, row.getString(2).toLowerCase(Locale.ROOT));
			return column;
		});
		return types;
	}

	/**
	 * Returns the rows with their keys in a form that is compared as it is stored.
	 * @param rows rows to delete
	 * @param types the types of their table's columns
	 * @return rows of the same shape, or the same rows if no key may need it
	 */
	static List<Row> converted(List<Row> rows, Map<String, String> types) {
		if (rows.get(0).columns().stream().noneMatch((column) -> isConverted(type(types, column)))) {
			return rows;
		}
		List<Row> converted = new ArrayList<>(rows.size());
		for (Row row : rows) {
			Row copy = Row.delete(row.table());
			for (int i = 0; i < row.columns().size(); i++) {
				String column = row.columns().get(i);
				copy.key(column, convert(row.values().get(i), type(types, column)));
			}
			converted.add(copy);
		}
		return converted;
	}

	private static @Nullable String type(Map<String, String> types, String column) {
		return types.get(column.toLowerCase(Locale.ROOT));
	}

	private static boolean isConverted(@Nullable String type) {
		return type != null && (TEXTS.contains(type) || type.equals(DECIMAL));
	}

	private static @Nullable Object convert(@Nullable Object value, @Nullable String type) {
		if (value == null || !isConverted(type)) {
			return value;
		}
		return DECIMAL.equals(type) ? decimal(value) : text(value);
	}

	/**
	 * Returns the number that a text is, or what is bound as a text, as a JSON number is.
	 */
	private static Object decimal(Object value) {
		if (!(value instanceof CharSequence || value instanceof Character || value instanceof JsonNode)) {
			return value;
		}
		String text = value.toString();
		if (!NUMBER.matcher(text).matches()) {
			return value;
		}
		BigDecimal number = new BigDecimal(text);
		return (number.precision() - number.scale() <= MAX_INTEGER_DIGITS && number.scale() <= MAX_SCALE) ? number
				: value;
	}

	/**
	 * Returns the text that is stored of a number. Of one that is not exact the database
	 * makes a text of its own.
	 */
	private static Object text(Object value) {
		if (value instanceof Boolean flag) {
			return flag ? "1" : "0";
		}
		if (!(value instanceof Number) || value instanceof Double || value instanceof Float) {
			return value;
		}
		Object number = ValueBinder.convert(value);
		if (number instanceof BigDecimal decimal) {
			return ValueBinder.isWritable(decimal) ? decimal.toPlainString() : decimal;
		}
		return number.toString();
	}

}
