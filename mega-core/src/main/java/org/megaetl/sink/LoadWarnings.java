package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The warnings of the server about rows that it has just loaded.
 */
final class LoadWarnings {

	private LoadWarnings() {
	}

	/**
	 * Returns the rows that the warnings about the last statement name.
	 * @param connection the connection, right after it
	 * @param warnings how many there are; the server keeps no more than
	 * {@code max_error_count}
	 * @param rows how many rows the statement had
	 * @return the rows' places, from 0; none if there is a warning that names no row,
	 * that is not kept, or that is only a note, as it comes with rows that an
	 * {@code INSERT} stores
	 * @throws SQLException if they cannot be read
	 */
	static Set<Integer> rows(Connection connection, int warnings, int rows) throws SQLException {
		Set<Integer> named = new LinkedHashSet<>();
		int read = 0;
		try (Statement statement = connection.createStatement();
				ResultSet warning = statement.executeQuery("SHOW WARNINGS")) {
			for (; warning.next(); read++) {
				OptionalInt row = new SqlFailure(null, warning.getInt("Code"), warning.getString("Message")).row();
				if (row.orElse(0) < 1 || row.getAsInt() > rows || "Note".equalsIgnoreCase(warning.getString("Level"))) {
					return Set.of();
				}
				named.add(row.getAsInt() - 1);
			}
		}
		return (read == warnings) ? named : Set.of();
	}

}
