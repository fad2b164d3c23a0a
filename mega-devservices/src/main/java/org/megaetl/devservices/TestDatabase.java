package org.megaetl.devservices;

import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * An empty database for a test that is not a Spring test, or that ends its server. Spring
 * tests get one by themselves when no database is configured.
 */
public final class TestDatabase implements AutoCloseable {

	private final DatabaseServer server;

	private final @Nullable MariaDbServer ownServer;

	private final String name;

	private TestDatabase(DatabaseServer server, @Nullable MariaDbServer ownServer) {
		this.server = server;
		this.ownServer = ownServer;
		this.name = DatabaseServers.createDatabase(server);
	}

	/**
	 * Create a database on the server that all tests of this JVM share. With
	 * Testcontainers on the class path and a Docker engine that answers, this is MySQL in
	 * a container, else MariaDB, unless the system property
	 * {@code mega.devservices.mariadb.provider} says which.
	 * @return a new, empty database
	 * @throws DevServiceException if the server does not start
	 */
	public static TestDatabase create() {
		String provider = System.getProperty("mega.devservices.mariadb.provider", Provider.AUTO.name());
		return new TestDatabase(
				DatabaseServers.shared(Provider.valueOf(provider.toUpperCase(Locale.ROOT)), null, List.of()), null);
	}

	/**
	 * Create a database on a MariaDB server of its own, which the test may stop, kill and
	 * reconfigure.
	 * @param args further arguments of the server's program, such as
	 * {@code --innodb-snapshot-isolation=ON}
	 * @return a new, empty database
	 * @throws DevServiceException if the server does not start
	 */
	public static TestDatabase createWithOwnServer(String... args) {
		MariaDbServer server = DatabaseServers.temporary(null, List.of(args));
		return new TestDatabase(server, server);
	}

	/**
	 * The database's name.
	 * @return a name that needs no quotes
	 */
	public String name() {
		return this.name;
	}

	/**
	 * The database's address, for MySQL Connector/J.
	 * @return a JDBC URL without credentials and parameters
	 */
	public String jdbcUrl() {
		return this.server.jdbcUrl(this.name);
	}

	/**
	 * A user who may do everything on the server.
	 * @return the user's name
	 */
	public String username() {
		return this.server.username();
	}

	/**
	 * The password of that user.
	 * @return the password
	 */
	public String password() {
		return this.server.password();
	}

	/**
	 * The settings that make a Spring application use this database.
	 * @return {@code spring.datasource} properties, each as {@code key=value}
	 */
	public String[] toProperties() {
		return new String[] { "spring.datasource.url=" + jdbcUrl(), "spring.datasource.username=" + username(),
				"spring.datasource.password=" + password() };
	}

	/**
	 * A data source that opens a connection each time it is asked for one.
	 * @return a data source without a pool
	 */
	public DataSource dataSource() {
		return this.server.dataSource(this.name);
	}

	/**
	 * Execute statements, one after the other, on one connection with all privileges.
	 * @param statements the statements, each a single one
	 */
	public void execute(String... statements) {
		try (SingleConnectionDataSource connection = new SingleConnectionDataSource(jdbcUrl(), username(), password(),
				true)) {
			JdbcTemplate jdbc = new JdbcTemplate(connection);
			for (String statement : statements) {
				jdbc.execute(statement);
			}
		}
	}

	/**
	 * Lock a table.
	 * @param table the table
	 * @return the lock
	 */
	public TableLock lock(String table) {
		return new TableLock(this, table);
	}

	/**
	 * Whether somebody waits for a row of the database that a transaction has locked.
	 * @return whether a statement is held up
	 */
	public boolean hasLockWait() {
		return !new JdbcTemplate(dataSource())
			.queryForList("SELECT 1 FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p "
					+ "ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()")
			.isEmpty();
	}

	/**
	 * The server of this database.
	 * @return the server
	 * @throws IllegalStateException if others use the server, too
	 */
	public MariaDbServer server() {
		if (this.ownServer == null) {
			throw new IllegalStateException(
					"Other tests use the server, too: create the database with createWithOwnServer()");
		}
		return this.ownServer;
	}

	/**
	 * Drop the database, or end its own server.
	 */
	@Override
	public void close() {
		if (this.ownServer != null) {
			this.ownServer.close();
		}
		else {
			this.server.dropDatabase(this.name);
		}
	}

}
