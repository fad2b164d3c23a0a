package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Opens connections whose session is what the delivery guarantees rest on, whichever
 * driver the application uses and whatever its parameters and the server's defaults say:
 * times are in UTC, a value that a column cannot hold is an error, and waiting for a lock
 * ends soon.
 */
final class SinkSessions extends DelegatingDataSource {

	private final List<String> statements = new ArrayList<>();

	/**
	 * Creates a data source.
	 * @param target opens the connections
	 * @param initSql what the user wants executed first, or {@code null}
	 * @param lockWaitSeconds how long a statement waits for a lock
	 */
	SinkSessions(DataSource target, @Nullable String initSql, long lockWaitSeconds) {
		super(target);
		if (initSql != null) {
			this.statements.add(initSql);
		}
		this.statements.add("SET SESSION time_zone='+00:00', SESSION innodb_lock_wait_timeout=" + lockWaitSeconds
				+ ", SESSION sql_mode=CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''),"
				+ " 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES')");
	}

	@Override
	public Connection getConnection() throws SQLException {
		return prepare(super.getConnection());
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return prepare(super.getConnection(username, password));
	}

	private Connection prepare(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			for (String sql : this.statements) {
				statement.execute(sql);
			}
			return connection;
		}
		catch (SQLException ex) {
			try {
				connection.close();
			}
			catch (SQLException closeFailure) {
				ex.addSuppressed(closeFailure);
			}
			throw ex;
		}
	}

}
