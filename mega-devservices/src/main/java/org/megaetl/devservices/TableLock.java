package org.megaetl.devservices;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Keeps everybody else from reading and writing a table until it is closed.
 */
public final class TableLock implements AutoCloseable {

	private final SingleConnectionDataSource connection;

	private final JdbcTemplate jdbc;

	TableLock(TestDatabase database, String table) {
		this.connection = new SingleConnectionDataSource(database.jdbcUrl(), database.username(), database.password(),
				true);
		this.jdbc = new JdbcTemplate(this.connection);
		this.jdbc.execute("LOCK TABLES " + table + " WRITE");
	}

	/**
	 * Whether somebody waits for a table of the database.
	 * @return whether a statement is held up
	 */
	public boolean isWaitedFor() {
		return !this.jdbc
			.queryForList("SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table%' "
					+ "AND db = DATABASE()")
			.isEmpty();
	}

	/**
	 * Ends the lock, with the connection that has it.
	 */
	@Override
	public void close() {
		this.connection.destroy();
	}

}
