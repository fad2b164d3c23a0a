package org.megaetl.devservices;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * How to connect to a database of a server. Since the data source depends on this bean,
 * it is destroyed after the data source has been closed.
 */
final class DevServiceJdbcConnectionDetails implements JdbcConnectionDetails, DisposableBean {

	private final DatabaseServer server;

	private final String database;

	private final boolean owner;

	/**
	 * Create connection details.
	 * @param server the running server
	 * @param database the name of an existing database
	 * @param owner whether the server ends with this bean
	 */
	DevServiceJdbcConnectionDetails(DatabaseServer server, String database, boolean owner) {
		this.server = server;
		this.database = database;
		this.owner = owner;
	}

	@Override
	public String getJdbcUrl() {
		return this.server.jdbcUrl(this.database);
	}

	@Override
	public String getUsername() {
		return this.server.username();
	}

	@Override
	public String getPassword() {
		return this.server.password();
	}

	@Override
	public String getDriverClassName() {
		return "com.mysql.cj.jdbc.Driver";
	}

	@Override
	public void destroy() {
		if (this.owner) {
			this.server.close();
		}
	}

}
