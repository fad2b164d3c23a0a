package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the tables that rows are written to, for a minute. Threads may miss
 * what another one just learnt: that only costs time. Where the catalogue cannot be read,
 * rows are inserted and not loaded; but none are deleted, or those of other keys could be
 * as well.
 */
final class TableCatalogue {

	private static final Logger logger = LoggerFactory.getLogger(TableCatalogue.class);

	/** How long the catalogue's word is taken, in nanoseconds. */
	static final long MAX_AGE = TimeUnit.MINUTES.toNanos(1);

	private final Known<LoadTable> tables = new Known<>();

	private final Known<Map<String, String>> types = new Known<>();

	/** Empty for tables whose rows can be taken back. */
	private final Known<Boolean> transactional = new Known<>();

	/**
	 * Returns what rows can be loaded into a table.
	 * @param connection the connection to read the catalogue with
	 * @param name the table's name
	 * @return the table
	 * @throws SQLException if the transaction cannot go on
	 */
	LoadTable table(Connection connection, String name) throws SQLException {
		return Objects.requireNonNull(this.tables.get(connection, name, TableCatalogue::readTable));
	}

	/**
	 * Without the catalogue rows can be inserted as well.
	 */
	private static LoadTable readTable(Connection connection, String name) throws SQLException {
		LoadTable table;
		try {
			table = LoadTable.read(connection, name);
		}
		catch (SQLException ex) {
			requireTransaction(ex);
			table = LoadTable.none("the catalogue cannot be read: " + SqlFailure.describe(ex));
		}
		if (table.obstacle() != null) {
			logger.debug("Rows of table '{}' are inserted and not loaded: {}", name, table.obstacle());
		}
		return table;
	}

	/**
	 * Returns the types of a table's columns.
	 * @param connection the connection to read the catalogue with
	 * @param name the table's name
	 * @return the types by the columns' names, in lower case; none if there is no such
	 * table
	 * @throws SQLException if they cannot be read
	 */
	Map<String, String> types(Connection connection, String name) throws SQLException {
		Map<String, String> known = this.types.get(connection, name, TableCatalogue::readTypes);
		return (known != null) ? known : Map.of();
	}

	/**
	 * Makes sure that what is written to a table can be taken back.
	 * @param connection the connection to read the catalogue with
	 * @param name the table's name
	 * @throws SQLException if the table has no transactions, or the transaction cannot go
	 * on
	 */
	void requireTransactions(Connection connection, String name) throws SQLException {
		this.transactional.get(connection, name, TableCatalogue::hasTransactions);
	}

	private static @Nullable Boolean hasTransactions(Connection connection, String name) throws SQLException {
		String engine;
		try {
			engine = TableEngine.withoutTransactions(connection, name);
		}
		catch (SQLException ex) {
			requireTransaction(ex);
			return null;
		}
		if (engine == null) {
			return null;
		}
		if (!engine.isEmpty()) {
			throw TableEngine.refusal(name, engine);
		}
		return true;
	}

	private static @Nullable Map<String, String> readTypes(Connection connection, String name) throws SQLException {
		Map<String, String> types = DeleteKeys.types(connection, name);
		return types.isEmpty() ? null : types;
	}

	private static void requireTransaction(SQLException failure) throws SQLException {
		if (SqlFailure.mayHaveEndedTransaction(failure)) {
			throw failure;
		}
	}

	void forget(String name) {
		this.tables.entries.remove(name);
		this.types.entries.remove(name);
		this.transactional.entries.remove(name);
	}

	/**
	 * Forgets what rows can be loaded: a statement failed, and a table may have been
	 * changed.
	 */
	void forget() {
		this.tables.entries.clear();
	}

	/**
	 * What was read of tables, by their names. What is not known is asked for again.
	 */
	private static final class Known<T> {

		private final Map<String, Entry<T>> entries = new ConcurrentHashMap<>();

		@Nullable T get(Connection connection, String name, Reader<T> reader) throws SQLException {
			Entry<T> current = this.entries.get(name);
			if (current != null && System.nanoTime() - current.readAt <= MAX_AGE) {
				return current.value;
			}
			T read = reader.read(connection, name);
			if (read != null) {
				this.entries.put(name, new Entry<>(read, System.nanoTime()));
			}
			return read;
		}

	}

	/**
	 * Something of a table, as it was.
	 *
	 * @param value what was read
	 * @param readAt when, by {@link System#nanoTime()}
	 */
	private record Entry<T>(T value, long readAt) {

	}

	/**
	 * Reads something of a table.
	 */
	private interface Reader<T> {

		@Nullable T read(Connection connection, String table) throws SQLException;

	}

}
