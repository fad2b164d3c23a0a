package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the database's catalogue.
 */
final class CatalogueQuery {

	private CatalogueQuery() {
	}

	/**
	 * Reads what the catalogue says of a table.
	 * @param connection the connection to read with
	 * @param sql a query for a schema and a table
	 * @param table the table's name, perhaps with its schema
	 * @param reading reads a row
	 * @return what was read of each row
	 * @throws SQLException if the catalogue cannot be read
	 */
	static List<String> ofTable(Connection connection, String sql, String table, Reading reading) throws SQLException {
		int dot = table.indexOf('.');
		String schema = (dot < 0) ? connection.getCatalog() : table.substring(0, dot);
		return read(connection, sql, reading, schema, table.substring(dot + 1));
	}

	static List<String> read(Connection connection, String sql, Reading reading, String... values) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < values.length; i++) {
				statement.setString(i + 1, values[i]);
			}
			List<String> read = new ArrayList<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					read.add(reading.read(rows));
				}
			}
			return read;
		}
	}

	/**
	 * Reads a row of the catalogue.
	 */
	interface Reading {

		String read(ResultSet row) throws SQLException;

	}

}
