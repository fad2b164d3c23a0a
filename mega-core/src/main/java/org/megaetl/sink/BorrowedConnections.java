package org.megaetl.sink;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections of a data source that cannot be looked into, so that it may be a pool whose
 * connections the application uses again: each is closed with the session that it had. If
 * it is not to be used again, or its session cannot be restored, it is ended before it is
 * closed.
 */
final class BorrowedConnections extends DelegatingDataSource {

	private static final Logger logger = LoggerFactory.getLogger(BorrowedConnections.class);

	private final ConnectionEviction eviction;

	/**
	 * Creates a data source.
	 * @param target what to borrow from
	 * @param eviction tells which connections are not to be used again
	 */
	BorrowedConnections(DataSource target, ConnectionEviction eviction) {
		super(target);
		this.eviction = eviction;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return borrow(this.eviction.evictions(), super.getConnection());
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return borrow(this.eviction.evictions(), super.getConnection(username, password));
	}

	private Connection borrow(int evictions, Connection connection) throws SQLException {
		Session session;
		try {
			session = Session.of(connection);
			if (session.networkTimeout() == 0) {
				connection.setNetworkTimeout(Runnable::run, SinkDataSource.SOCKET_TIMEOUT);
			}
		}
		catch (SQLException | RuntimeException | LinkageError ex) {
			try {
				connection.close();
			}
			catch (SQLException closeFailure) {
				ex.addSuppressed(closeFailure);
			}
			throw ex;
		}
		return (Connection) Proxy.newProxyInstance(BorrowedConnections.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, args) -> {
					if (method.getName().equals("close")) {
						giveBack(connection, session, evictions);
						return null;
					}
					try {
						return method.invoke(connection, args);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	private void giveBack(Connection connection, Session session, int evictions) throws SQLException {
		// closed whatever happens, or it would be lost to the pool
		try (connection) {
			if (connection.isClosed()) {
				return;
			}
			if (evictions != this.eviction.evictions()) {
				connection.abort(Runnable::run);
				return;
			}
			try {
				session.restore(connection);
			}
			catch (SQLException | RuntimeException | LinkageError ex) {
				logger.debug("A connection is ended whose session cannot be restored", ex);
				connection.abort(Runnable::run);
			}
		}
	}

	/**
	 * What the sink and its pool change of a connection.
	 */
	private record Session(String timeZone, String sqlMode, long lockWaitSeconds, boolean autoCommit, boolean readOnly,
			int isolation, int networkTimeout) {

		private static final String READ = "SELECT @@SESSION.time_zone, @@SESSION.sql_mode, "
				+ "@@SESSION.innodb_lock_wait_timeout";

		private static final String WRITE = "SET SESSION time_zone = ?, SESSION sql_mode = ?, "
				+ "SESSION innodb_lock_wait_timeout = ?";

		static Session of(Connection connection) throws SQLException {
			try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(READ)) {
				result.next();
				return new Session(result.getString(1), result.getString(2), result.getLong(3),
						connection.getAutoCommit(), connection.isReadOnly(), connection.getTransactionIsolation(),
						connection.getNetworkTimeout());
			}
		}

		void restore(Connection connection) throws SQLException {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
			try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
				statement.setString(1, this.timeZone);
				statement.setString(2, this.sqlMode);
				statement.setLong(3, this.lockWaitSeconds);
				statement.execute();
			}
			connection.setTransactionIsolation(this.isolation);
			connection.setReadOnly(this.readOnly);
			connection.setAutoCommit(this.autoCommit);
			connection.setNetworkTimeout(Runnable::run, this.networkTimeout);
		}

	}

}
