package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the server remarks on rows that it has just loaded.
 */
final class LoadRemarks {

	private LoadRemarks() {
	}

	/**
	 * Returns the rows that the remarks on the last statement name.
	 * @param connection the connection, right after it
	 * @param remarks how many there are; the server keeps no more than
	 * {@code max_error_count}
	 * @param rows how many rows the statement had
	 * @return the rows' places, from 0; none if there is a remark that names no row, that
	 * is not kept, or that is only a note, as it comes with rows that an {@code INSERT}
	 * stores
	 * @throws SQLException if they cannot be read
	 */
	static Set<Integer> rows(Connection connection, int remarks, int rows) throws SQLException {
		Set<Integer> named = new LinkedHashSet<>();
		int read = 0;
		try (Statement statement = connection.createStatement();
				ResultSet remark = statement.executeQuery("SHOW WARNINGS")) {
			for (; remark.next(); read++) {
				OptionalInt row = new SqlFailure(null, remark.getInt("Code"), remark.getString("Message")).row();
				if (row.orElse(0) < 1 || row.getAsInt() > rows || "Note".equalsIgnoreCase(remark.getString("Level"))) {
					return Set.of();
				}
				named.add(row.getAsInt() - 1);
			}
		}
		return (read == remarks) ? named : Set.of();
	}

}
