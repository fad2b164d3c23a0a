package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

/**
 * Counts the items that each transaction writes, and has a test decide about its commit.
 */
final class GuardedCommits extends InterceptedConnections {

	private final Map<Connection, Integer> items = new ConcurrentHashMap<>();

	private final Guard guard;

	GuardedCommits(DataSource target, Guard guard) {
		super(target);
		this.guard = guard;
	}

	/**
	 * Refuses to commit more than two items at once, as a cluster does whose limits and
	 * conflicts show at the commit only.
	 */
	static GuardedCommits refusingMany(DataSource target, int vendorCode) {
		return new GuardedCommits(target, (connection, items) -> {
			if (items > 2) {
				connection.rollback();
				throw new SQLException("refused at the commit", "HY000", vendorCode);
			}
		});
	}

	@Override
	void before(Connection connection, String method, Object[] args) throws SQLException {
		if (method.equals("prepareStatement") && args[0].toString().contains("`item`")) {
			this.items.merge(connection, args[0].toString().split("\\(\\?", -1).length - 1, Integer::sum);
		}
		else if (method.equals("commit")) {
			Integer written = this.items.remove(connection);
			this.guard.beforeCommit(connection, (written != null) ? written : 0);
		}
		else if (method.equals("rollback")) {
			this.items.remove(connection);
		}
	}

	/**
	 * Decides about commits.
	 */
	interface Guard {

		/**
		 * Called before a transaction is committed.
		 * @param connection the connection it is on
		 * @param items how many items it has written
		 * @throws SQLException if it is not to be committed
		 */
		void beforeCommit(Connection connection, int items) throws SQLException;

	}

}
