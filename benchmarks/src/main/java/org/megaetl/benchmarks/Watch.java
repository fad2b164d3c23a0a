package org.megaetl.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks the database how far a system has come, with a query that costs next to nothing.
 */
final class Watch implements AutoCloseable {

	/** How many rows the server has written, in whatever table. */
	static final String WRITTEN = "SHOW GLOBAL STATUS LIKE 'Handler_write'";

	/** How many orders there are, if they come in the order of the table's key. */
	static final String KEYS = "SELECT COALESCE(MAX(order_id) + 1, 0) FROM orders";

	/** How many events MEGA has done, with whatever came of them. */
	static final String POSITIONS = "SELECT COALESCE(SUM(CAST(position AS UNSIGNED)), 0) FROM mega_checkpoint";

	private static final Duration STUCK = Duration.ofMinutes(2);

	private static final String NO_TABLE = "42S02";

	private final Connection connection;

	private final Statement statement;

	private final String query;

	private final long before;

	/**
	 * Starts to watch the database that was prepared last.
	 * @param servers the servers
	 * @param query a query whose last column is a count
	 */
	Watch(Servers servers, String query) throws SQLException {
		this.connection = servers.connect();
		this.statement = this.connection.createStatement();
		this.query = query;
		this.before = count(query);
	}

	/**
	 * Waits until the count has grown by as much as is said.
	 */
	Mark await(ChildProcess process, long count) throws Exception {
		long last = 0;
		long progress = System.nanoTime();
		while (true) {
			long nanos = System.nanoTime();
			long now = count(this.query) - this.before;
			if (now > last) {
				last = now;
				progress = nanos;
			}
			else if (nanos - progress > STUCK.toNanos()) {
				throw new IllegalStateException("Nothing was written for " + STUCK + ": " + process.output());
			}
			if (now >= count) {
				return new Mark(nanos, now, process.cpuSeconds());
			}
			process.requireAlive();
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	/**
	 * Waits until a query returns a count, which must not exceed it.
	 */
	void awaitCount(ChildProcess process, String query, long expected) throws Exception {
		long end = System.nanoTime() + STUCK.toNanos();
		for (long count = count(query); count != expected; count = count(query)) {
			if (count > expected || System.nanoTime() > end) {
				throw new IllegalStateException(
						query + " is " + count + " in place of " + expected + ": " + process.output());
			}
			process.requireAlive();
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	/**
	 * Waits until the orders that were sent are rows, and each is one.
	 * @param orders how many there are, numbered from 0
	 */
	void awaitOrders(ChildProcess process, long orders) throws Exception {
		awaitOrders(process, orders, orders * (orders - 1) / 2);
	}

	/**
	 * Waits until the orders that were sent are rows, and each is one.
	 * @param orders how many there are
	 * @param sum the sum of their numbers: another one in place of a lost one shows
	 */
	void awaitOrders(ChildProcess process, long orders, long sum) throws Exception {
		awaitCount(process, "SELECT COUNT(*) FROM orders", orders);
		awaitCount(process, "SELECT COALESCE(SUM(order_id), 0) FROM orders", sum);
	}

	/**
	 * Asks for a count.
	 * @param query a query whose last column is the count
	 * @return the count, 0 if the table does not exist yet
	 */
	long count(String query) throws SQLException {
		try (ResultSet result = this.statement.executeQuery(query)) {
			result.next();
			return result.getLong(result.getMetaData().getColumnCount());
		}
		catch (SQLException ex) {
			if (NO_TABLE.equals(ex.getSQLState())) {
				return 0;
			}
			throw ex;
		}
	}

	@Override
	public void close() throws SQLException {
		this.statement.close();
		this.connection.close();
	}

}
