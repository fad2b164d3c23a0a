package org.megaetl.transformers.table;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.CatalogueQuery;
import org.megaetl.sink.TableEngine;

import org.springframework.util.StringUtils;

/**
 * The tables of a database, read from its catalogue when they are asked for first. Safe
 * for use by several threads.
 */
public final class Catalogue {

	private static final String COLUMNS = """
			SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA
			FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?
			ORDER BY ORDINAL_POSITION""";

	private static final String UNIQUE_KEYS = """
			SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
			WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ? AND NON_UNIQUE = 0
			ORDER BY INDEX_NAME, SEQ_IN_INDEX""";

	private static final String TABLES = """
			SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = IFNULL(?, DATABASE())""";

	/** MariaDB's JSON is a text with a check. */
	private static final String CHECKS = """
			SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
			WHERE CONSTRAINT_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?""";

	private final DataSource dataSource;

	private final Map<String, Table> tables = new TreeMap<>();

	/**
	 * Creates a catalogue.
	 * @param dataSource the database
	 */
	public Catalogue(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Returns a table.
	 * @param name the table's name, which may be qualified as {@code schema.table}
	 * @return the table, or {@code null} if there is none of that name
	 * @throws SQLException if the catalogue cannot be read
	 */
	public synchronized @Nullable Table find(String name) throws SQLException {
		Table table = this.tables.get(name);
		if (table == null) {
			table = read(name);
			if (table != null) {
				this.tables.put(name, table);
			}
		}
		return table;
	}

	/**
	 * Returns the names of the tables beside which a table would be.
	 * @param name the name of a table, which may be qualified as {@code schema.table}
	 * @return the names, qualified if the given name is
	 * @throws SQLException if the catalogue cannot be read
	 */
	public Collection<String> namesBeside(String name) throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement(TABLES)) {
			statement.setString(1, schema(name));
			List<String> names = new ArrayList<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					names.add(name.substring(0, name.indexOf('.') + 1) + rows.getString(1));
				}
			}
			return names;
		}
	}

	private @Nullable Table read(String name) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			List<Column> columns = columns(connection, name);
			if (columns.isEmpty()) {
				return null;
			}
			String engine = TableEngine.withoutTransactions(connection, name);
			return new Table(name, columns, uniqueKeys(connection, name),
					StringUtils.hasLength(engine) ? engine : null);
		}
	}

	/**
	 * Returns the schema, or {@code null} for the one that the connection is in, which
	 * not every driver tells.
	 */
	private static @Nullable String schema(String name) {
		int dot = name.indexOf('.');
		return (dot < 0) ? null : name.substring(0, dot);
	}

	private static List<Column> columns(Connection connection, String table) throws SQLException {
		Set<String> json = jsonColumns(connection, table);
		return CatalogueQuery.ofTable(connection, COLUMNS, table, (row) -> {
			String name = row.getString(1);
			String extra = row.getString(6).toLowerCase(Locale.ROOT);
			ColumnKind kind = json.contains(name.toLowerCase(Locale.ROOT)) ? ColumnKind.JSON
					: ColumnKind.of(row.getString(2), row.getString(3));
			return new Column(name, kind, row.getString(3), "YES".equals(row.getString(4)),
					row.getString(5) != null && !"NULL".equals(row.getString(5)), extra.contains("auto_increment"),
					extra.replace("default_generated", "").contains("generated"));
		});
	}

	private static Set<String> jsonColumns(Connection connection, String table) throws SQLException {
		DatabaseMetaData database = connection.getMetaData();
		if (!(database.getDatabaseProductName() + database.getDatabaseProductVersion()).contains("MariaDB")) {
			return Set.of();
		}
		return CatalogueQuery.ofTable(connection, CHECKS, table, (row) -> row.getString(1))
			.stream()
			.filter((clause) -> clause.matches("json_valid\\(`[^`]+`\\)"))
			.map((clause) -> StringUtils.delimitedListToStringArray(clause, "`")[1].toLowerCase(Locale.ROOT))
			.collect(Collectors.toSet());
	}

	private static Map<String, List<String>> uniqueKeys(Connection connection, String table) throws SQLException {
		Map<String, List<String>> keys = new LinkedHashMap<>();
		CatalogueQuery.ofTable(connection, UNIQUE_KEYS, table, (row) -> {
			String column = row.getString(2);
			return keys.computeIfAbsent(row.getString(1), (name) -> new ArrayList<>())
				.add((column != null) ? column + Table.prefix(row.getString(3)) : "(expression)");
		});
		return keys;
	}

}
