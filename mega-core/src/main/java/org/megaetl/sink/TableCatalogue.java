package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the tables that rows are written to. Threads may miss what another one
 * just learnt: that only costs time.
 */
final class TableCatalogue {

	private static final Logger logger = LoggerFactory.getLogger(TableCatalogue.class);

	/** How long the catalogue's word is taken, in nanoseconds. */
	static final long MAX_AGE = TimeUnit.MINUTES.toNanos(1);

	private final Map<String, Entry> tables = new ConcurrentHashMap<>();

	LoadTable table(Connection connection, String name) throws SQLException {
		Entry current = this.tables.get(name);
		if (current == null || System.nanoTime() - current.readAt > MAX_AGE) {
			LoadTable table = read(connection, name);
			if (table.obstacle() != null) {
				logger.debug("Rows of table '{}' are inserted and not loaded: {}", name, table.obstacle());
			}
			current = new Entry(table, System.nanoTime());
			this.tables.put(name, current);
		}
		return current.table;
	}

	/**
	 * Without the catalogue rows can be inserted as well.
	 */
	private static LoadTable read(Connection connection, String name) throws SQLException {
		try {
			return LoadTable.read(connection, name);
		}
		catch (SQLException ex) {
			if (SqlFailure.mayHaveEndedTransaction(ex)) {
				throw ex;
			}
			return LoadTable.none("the catalogue cannot be read: " + SqlFailure.describe(ex));
		}
	}

	void forget(String name) {
		this.tables.remove(name);
	}

	/**
	 * Forgets all: a statement failed, and a table may have been changed.
	 */
	void forget() {
		this.tables.clear();
	}

	/**
	 * A table, as it was.
	 *
	 * @param table what was read
	 * @param readAt when, by {@link System#nanoTime()}
	 */
	private record Entry(LoadTable table, long readAt) {

	}

}
