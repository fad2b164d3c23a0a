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
public final class CatalogueQuery {

	private CatalogueQuery() {
	}

	/**
	 * Reads what the catalogue says of a table.
	 * @param connection the connection to read with
	 * @param sql a query for a schema, which is {@code null} if the name has none, and a
	 * table; not every driver tells which schema the connection is in
	 * @param table the table's name, perhaps with its schema
	 * @param reading reads a row
	 * @param <T> what is read of a row
	 * @return what was read of each row
	 * @throws SQLException if the catalogue cannot be read
	 */
	public static <T> List<T> ofTable(Connection connection, String sql, String table, Reading<T> reading)
			throws SQLException {
		int dot = table.indexOf('.');
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, (dot < 0) ? null : table.substring(0, dot));
			statement.setString(2, table.substring(dot + 1));
			List<T> read = new ArrayList<>();
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
	 *
	 * @param <T> what is read of it
	 */
	@FunctionalInterface
	public interface Reading<T> {

		/**
		 * Reads a row.
		 * @param row the result, at that row
		 * @return what was read
		 * @throws SQLException if it cannot be read
		 */
		T read(ResultSet row) throws SQLException;

	}

}
