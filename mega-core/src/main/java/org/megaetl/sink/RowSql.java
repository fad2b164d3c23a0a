package org.megaetl.sink;

import java.util.List;
import java.util.stream.Collectors;

import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;

import org.springframework.util.Assert;

/**
 * Renders the statement that writes rows of one shape, in the SQL that MySQL, MariaDB and
 * TiDB have in common: {@code VALUES(col)} and not MySQL's newer row alias.
 */
final class RowSql {

	private static final int MAX_IDENTIFIER_LENGTH = 64;

	private RowSql() {
	}

	/**
	 * Renders the statement for a number of rows.
	 * @param shape a row of the shape
	 * @param rows how many rows the statement carries
	 * @return the SQL, with one placeholder per value, row by row
	 */
	static String render(Row shape, int rows) {
		Assert.state(!shape.columns().isEmpty(), () -> "A row for table '" + shape.table() + "' has no columns");
		return (shape.mode() == RowMode.DELETE) ? delete(shape, rows) : insert(shape, rows);
	}

	/**
	 * Renders the statement that loads rows from the text of {@link LoadText}. The
	 * separators are numbers, as the meaning of a backslash in a literal depends on the
	 * session.
	 * @param shape a row of the shape
	 * @return the SQL
	 */
	static String renderLoad(Row shape) {
		return "LOAD DATA LOCAL INFILE 'mega' INTO TABLE " + table(shape.table())
				+ " CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 ENCLOSED BY '' ESCAPED BY 0x5C"
				+ " LINES STARTING BY '' TERMINATED BY 0x0A "
				+ shape.columns().stream().map(RowSql::identifier).collect(Collectors.joining(", ", "(", ")"));
	}

	private static String insert(Row shape, int rows) {
		List<String> columns = shape.columns();
		StringBuilder sql = new StringBuilder(128 + rows * (columns.size() * 2 + 2));
		sql.append("INSERT INTO ").append(table(shape.table())).append(" (");
		sql.append(columns.stream().map(RowSql::identifier).collect(Collectors.joining(", ")));
		sql.append(") VALUES ");
		appendTuples(sql, columns.size(), rows);
		switch (shape.mode()) {
			case UPSERT -> appendUpdate(sql, shape);
			case INSERT_IF_ABSENT -> appendNoUpdate(sql, columns.get(0));
			default -> {
			}
		}
		return sql.toString();
	}

	private static void appendUpdate(StringBuilder sql, Row shape) {
		List<String> updated = shape.updatedColumns();
		if (updated.isEmpty()) {
			appendNoUpdate(sql, shape.columns().get(0));
			return;
		}
		for (String column : updated) {
			Assert.state(shape.columns().contains(column), () -> "Row.updating names column '" + column + "' of table '"
					+ shape.table() + "', which the row does not set; it sets " + shape.columns());
		}
		sql.append(" ON DUPLICATE KEY UPDATE ");
		String newerBy = shape.newerByColumn();
		if (newerBy == null) {
			sql.append(updated.stream().map((column) -> {
				String name = identifier(column);
				return name + "=VALUES(" + name + ")";
			}).collect(Collectors.joining(", ")));
			return;
		}
		Assert.state(shape.columns().contains(newerBy), () -> "Row.newerBy names column '" + newerBy + "' of table '"
				+ shape.table() + "', which the row does not set; it sets " + shape.columns());
		// Assignments take effect from left to right: the compared column must be last.
		String version = identifier(newerBy);
		String newer = "COALESCE(VALUES(" + version + ") >= " + version + ", " + version + " IS NULL)";
		for (String column : updated) {
			if (!column.equals(newerBy)) {
				appendConditional(sql, newer, identifier(column));
				sql.append(", ");
			}
		}
		appendConditional(sql, newer, version);
	}

	private static void appendConditional(StringBuilder sql, String condition, String name) {
		sql.append(name)
			.append("=IF(")
			.append(condition)
			.append(", VALUES(")
			.append(name)
			.append("), ")
			.append(name)
			.append(')');
	}

	/**
	 * Never {@code INSERT IGNORE}, which also truncates bad values and drops rows that
	 * break a foreign key, in silence.
	 */
	private static void appendNoUpdate(StringBuilder sql, String column) {
		String name = identifier(column);
		sql.append(" ON DUPLICATE KEY UPDATE ").append(name).append('=').append(name);
	}

	private static String delete(Row shape, int rows) {
		List<String> columns = shape.columns();
		StringBuilder sql = new StringBuilder("DELETE FROM ").append(table(shape.table())).append(" WHERE ");
		String one = columns.stream()
			.map((column) -> identifier(column) + " <=> ?")
			.collect(Collectors.joining(" AND ", "(", ")"));
		sql.append(one);
		for (int i = 1; i < rows; i++) {
			sql.append(" OR ").append(one);
		}
		return sql.toString();
	}

	private static void appendTuples(StringBuilder sql, int columns, int rows) {
		String tuple = "(" + "?,".repeat(columns - 1) + "?)";
		sql.append(tuple);
		for (int i = 1; i < rows; i++) {
			sql.append(',').append(tuple);
		}
	}

	/**
	 * Quotes a table's name, perhaps with its schema.
	 * @param name the table's name
	 * @return the name, or both, in backticks
	 */
	static String table(String name) {
		int dot = name.indexOf('.');
		return (dot < 0) ? identifier(name)
				: identifier(name.substring(0, dot)) + "." + identifier(name.substring(dot + 1));
	}

	/**
	 * Quotes an identifier.
	 * @param name the table's or column's name
	 * @return the name in backticks, backticks in it doubled
	 */
	static String identifier(String name) {
		if (name.isEmpty() || name.length() > MAX_IDENTIFIER_LENGTH || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0")
					+ "' cannot be the name of a table or column: it must have 1 to 64 characters, none of them NUL");
		}
		return "`" + name.replace("`", "``") + "`";
	}

}
