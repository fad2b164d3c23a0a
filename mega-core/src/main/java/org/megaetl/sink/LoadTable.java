package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the database's catalogue says of a table that rows are to be written to.
 *
 * @param obstacle why no rows can be loaded, or {@code null} if they can
 * @param definition the table's definition, as the database writes it, or an empty string
 * if it cannot be read
 * @param columns the columns by name in lower case, without those whose values must be
 * bound
 * @param required the columns without a default, which each row must set
 */
record LoadTable(@Nullable String obstacle, String definition, Map<String, LoadColumn> columns, Set<String> required) {

	/** What each row may change of a definition. */
	private static final Pattern COUNTER = Pattern.compile(" AUTO_INCREMENT=\\d+");

	private static final String TABLE = """
			SELECT TABLE_TYPE, ENGINE FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?""";

	private static final String TRIGGERS = """
			SELECT TRIGGER_NAME FROM information_schema.TRIGGERS
			WHERE EVENT_OBJECT_SCHEMA = IFNULL(?, DATABASE()) AND EVENT_OBJECT_TABLE = ?""";

	private static final String COLUMNS = """
			SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION,
			CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE
			FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?""";

	/**
	 * Reads the catalogue.
	 * @param connection the connection to read with
	 * @param table the table's name, perhaps with its schema
	 * @return what it says
	 * @throws SQLException if it cannot be read
	 */
	static LoadTable read(Connection connection, String table) throws SQLException {
		List<String> types = CatalogueQuery.ofTable(connection, TABLE, table,
				(row) -> row.getString("TABLE_TYPE") + "/" + row.getString("ENGINE"));
		// two of them: names that differ in case only
		if (types.size() != 1 || !types.get(0).equalsIgnoreCase("BASE TABLE/InnoDB")) {
			return none("it is not a table of InnoDB but " + types);
		}
		// first, so that a change while the rest is read is noticed
		String definition = readDefinition(connection, table);
		if (definition.isEmpty()) {
			return none("its definition cannot be read");
		}
		List<String> triggers = CatalogueQuery.ofTable(connection, TRIGGERS, table,
				(row) -> row.getString("TRIGGER_NAME"));
		if (!triggers.isEmpty()) {
			return none("it has the triggers " + triggers);
		}
		Map<String, LoadColumn> columns = new HashMap<>();
		Set<String> required = new HashSet<>();
		List<String> obstacles = new ArrayList<>();
		CatalogueQuery.ofTable(connection, COLUMNS, table, (row) -> {
			String column = row.getString("COLUMN_NAME").toLowerCase(Locale.ROOT);
			String extra = row.getString("EXTRA").toLowerCase(Locale.ROOT);
			String generated = row.getString("GENERATION_EXPRESSION");
			String value = row.getString("COLUMN_DEFAULT");
			if (generated != null && !generated.isEmpty()) {
				obstacles.add("column '" + column + "' is generated");
			}
			// what MySQL computes for each row; MariaDB does it for both statements alike
			if (extra.contains("default_generated") && (value == null || !value.startsWith("CURRENT_TIMESTAMP"))) {
				obstacles.add("column '" + column + "' has an expression for its default");
			}
			boolean nullable = row.getString("IS_NULLABLE").equalsIgnoreCase("YES");
			if (!nullable && value == null && !extra.contains("auto_increment")) {
				required.add(column);
			}
			String type = row.getString("COLUMN_TYPE").toLowerCase(Locale.ROOT);
			LoadColumn filled = column(row, type, nulls(nullable, extra, type));
			if (filled != null && !type.contains("compressed")) {
				columns.put(column, filled);
			}
			return column;
		});
		return obstacles.isEmpty() ? new LoadTable(null, definition, columns, required)
				: none(String.join(", ", obstacles));
	}

	private static LoadColumn.Nulls nulls(boolean nullable, String extra, String type) {
		if (nullable) {
			return LoadColumn.Nulls.STORED;
		}
		// the next number, and on some servers the time of day
		return (extra.contains("auto_increment") || type.startsWith("timestamp")) ? LoadColumn.Nulls.REPLACED
				: LoadColumn.Nulls.REFUSED;
	}

	private static @Nullable LoadColumn column(ResultSet row, String columnType, LoadColumn.Nulls nulls)
			throws SQLException {
		String name = row.getString("DATA_TYPE").toLowerCase(Locale.ROOT);
		LoadColumn.Type type = LoadColumn.type(name);
		if (type == null) {
			return null;
		}
		return switch (type) {
			case INTEGER -> LoadColumn.ofIntegers(name, columnType, nulls);
			case TEXT -> new LoadColumn(type, nulls, 0, row.getLong("CHARACTER_MAXIMUM_LENGTH"));
			case DECIMAL ->
				new LoadColumn(type, nulls, 0, row.getLong("NUMERIC_PRECISION") - row.getLong("NUMERIC_SCALE"));
			default -> new LoadColumn(type, nulls, 0, Long.MAX_VALUE);
		};
	}

	static LoadTable none(String obstacle) {
		return new LoadTable(obstacle, "", Map.of(), Set.of());
	}

	/**
	 * Returns whether the table still is what was read. Of another type of a column
	 * loading may make another value, without a remark.
	 * @param connection the connection to ask with
	 * @param table the table's name, perhaps with its schema
	 * @return whether its definition is the same
	 * @throws SQLException if the transaction cannot go on
	 */
	boolean isUnchanged(Connection connection, String table) throws SQLException {
		return this.definition.equals(readDefinition(connection, table));
	}

	private static String readDefinition(Connection connection, String table) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			try (ResultSet rows = statement.executeQuery("SHOW CREATE TABLE " + RowSql.table(table))) {
				return rows.next() ? COUNTER.matcher(rows.getString(2)).replaceFirst("") : "";
			}
		}
		catch (SQLException ex) {
			if (SqlFailure.mayHaveEndedTransaction(ex)) {
				throw ex;
			}
			// without the right to, or without the table, of which the INSERT will tell
			return "";
		}
	}

	/**
	 * Returns the columns that rows fill.
	 * @param names the columns' names, in the order of the values
	 * @return the columns in this order, or {@code null} if the rows must be inserted
	 */
	@Nullable List<LoadColumn> columns(List<String> names) {
		List<LoadColumn> filled = new ArrayList<>(names.size());
		Set<String> missing = new HashSet<>(this.required);
		Set<String> seen = new HashSet<>();
		for (String name : names) {
			String key = name.toLowerCase(Locale.ROOT);
			LoadColumn column = this.columns.get(key);
			if (column == null || !seen.add(key)) {
				return null;
			}
			filled.add(column);
			missing.remove(key);
		}
		return (missing.isEmpty() && !filled.isEmpty()) ? filled : null;
	}

	/**
	 * Returns what is known of columns.
	 * @param names the columns' names
	 * @return the columns in this order, {@code null} for those of which nothing is known
	 */
	@Nullable LoadColumn[] known(List<String> names) {
		@Nullable LoadColumn[] known = new LoadColumn[names.size()];
		for (int i = 0; i < known.length; i++) {
			known[i] = this.columns.get(names.get(i).toLowerCase(Locale.ROOT));
		}
		return known;
	}

}
