package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A wrapper as of libraries that look at statements: all it has to do with what it wraps
 * is JDBC's.
 */
final class WrappedDataSource extends AbstractDataSource implements AutoCloseable {

	private final DataSource target;

	WrappedDataSource(DataSource target) {
		this.target = target;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return this.target.getConnection();
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return this.target.getConnection(username, password);
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		return this.target.unwrap(type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return this.target.isWrapperFor(type);
	}

	@Override
	public void close() throws Exception {
		if (this.target instanceof AutoCloseable closeable) {
			closeable.close();
		}
	}

}
