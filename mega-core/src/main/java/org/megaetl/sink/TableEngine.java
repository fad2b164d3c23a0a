package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The storage engine of a table. One without transactions keeps what was written although
 * its batch is rolled back: rows would be stored twice when the batch is tried again, and
 * those before a refused one as often as it is looked for.
 */
public final class TableEngine {

	private static final String WITHOUT_TRANSACTIONS = """
			SELECT IF(ENGINES.TRANSACTIONS = 'NO', TABLES.ENGINE, '') FROM information_schema.TABLES
			LEFT JOIN information_schema.ENGINES ON ENGINES.ENGINE = TABLES.ENGINE
			WHERE TABLE_SCHEMA = IFNULL(?, DATABASE()) AND TABLE_NAME = ?""";

	/** Those whose rows are in the table itself, so that another engine can have them. */
	private static final Set<String> CONVERTIBLE = Set.of("myisam", "aria", "memory");

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
	 * @return the engine's name, empty if the table has transactions, or is a view, and
	 * {@code null} if there is no such table
	 * @throws SQLException if the catalogue cannot be read
	 */
	public static @Nullable String withoutTransactions(Connection connection, String table) throws SQLException {
		List<String> engines = CatalogueQuery.ofTable(connection, WITHOUT_TRANSACTIONS, table,
				(row) -> row.getString(1));
		return engines.isEmpty() ? null : engines.get(0);
	}

	/**
	 * Returns what to do about a table without transactions.
	 * @param table the table's name
	 * @param engine its engine
	 * @return a sentence without its full stop
	 */
	public static String advice(String table, String engine) {
		return CONVERTIBLE.contains(engine.toLowerCase(Locale.ROOT))
				? "Convert it: ALTER TABLE " + RowSql.table(table) + " ENGINE = InnoDB"
				: "Write to a table of InnoDB instead";
	}

	/**
	 * Returns why nothing is written to a table.
	 * @param table the table's name
	 * @param engine its engine
	 * @return the failure, which is for an operator to mend
	 */
	static SQLException refusal(String table, String engine) {
		return new SQLException(
				"Nothing is written to table '" + table + "': its storage engine " + engine
						+ " has no transactions, so rows could be stored twice. " + advice(table, engine),
				"HY000", NON_TRANSACTIONAL_TABLE);
	}

}
