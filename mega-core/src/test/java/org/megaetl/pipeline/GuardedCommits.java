package org.megaetl.pipeline;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts the items that each transaction writes, and has a test decide about its commit.
 */
final class GuardedCommits extends DelegatingDataSource {

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
	public Connection getConnection() throws SQLException {
		Connection target = super.getConnection();
		AtomicInteger items = new AtomicInteger();
		return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
				(proxy, method, args) -> {
					if (method.getName().equals("prepareStatement") && args[0].toString().contains("`item`")) {
						items.addAndGet(args[0].toString().split("\\(\\?", -1).length - 1);
					}
					if (method.getName().equals("commit")) {
						this.guard.beforeCommit(target, items.getAndSet(0));
					}
					if (method.getName().equals("rollback")) {
						items.set(0);
					}
					try {
						return method.invoke(target, args);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
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
