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
	 * @param sql a query for a schema, which is {@code null} if the name has none, and a
	 * table; not every driver tells which schema the connection is in
	 * @param table the table's name, perhaps with its schema
	 * @param reading reads a row
	 * @return what was read of each row
	 * @throws SQLException if the catalogue cannot be read
	 */
	static List<String> ofTable(Connection connection, String sql, String table, Reading reading) throws SQLException {
		int dot = table.indexOf('.');
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, (dot < 0) ? null : table.substring(0, dot));
			statement.setString(2, table.substring(dot + 1));
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
