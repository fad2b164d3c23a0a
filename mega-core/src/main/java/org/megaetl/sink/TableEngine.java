package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The storage engine of a table. One without transactions keeps what was written although
 * its batch is rolled back: rows would be stored twice when the batch is tried again, and
 * those before a refused one as often as it is looked for.
 */
final class TableEngine {

	private static final String ENGINE = """
			SELECT ENGINE FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND ENGINE <> 'InnoDB'""";

	private static final String WITHOUT_TRANSACTIONS = """
			SELECT ENGINE FROM information_schema.ENGINES WHERE ENGINE = ? AND TRANSACTIONS = 'NO'""";

	/**
	 * What MySQL says of such a table where GTIDs are enforced: until someone converts
	 * it, nothing can be written.
	 */
	private static final int NON_TRANSACTIONAL_TABLE = 1785;

	private TableEngine() {
	}

	/**
	 * Returns the engine of a table that cannot take back what was written.
	 * @param connection the connection to read the catalogue with
	 * @param table the table's name, perhaps with its schema
	 * @return the engine's name, or {@code null} if the table has transactions, or it is
	 * not known, as of a view
	 * @throws SQLException if the catalogue cannot be read
	 */
	static @Nullable String withoutTransactions(Connection connection, String table) throws SQLException {
		List<String> engines = CatalogueQuery.ofTable(connection, ENGINE, table, (row) -> row.getString(1));
		// two of them: names that differ in case only
		if (engines.size() != 1) {
			return null;
		}
		List<String> found = CatalogueQuery.read(connection, WITHOUT_TRANSACTIONS, (row) -> row.getString(1),
				engines.get(0));
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * Returns why nothing is written to a table.
	 * @param table the table's name
	 * @param engine its engine
	 * @return the failure, which is for an operator to mend
	 */
	static SQLException refusal(String table, String engine) {
		return new SQLException("Nothing is written to table '" + table + "': its storage engine " + engine
				+ " has no transactions, so rows could be stored twice. Convert it: ALTER TABLE " + RowSql.table(table)
				+ " ENGINE = InnoDB", "HY000", NON_TRANSACTIONAL_TABLE);
	}

}
