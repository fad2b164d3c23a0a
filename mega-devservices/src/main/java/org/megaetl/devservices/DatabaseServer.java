package org.megaetl.devservices;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A running server on which databases can be created.
 */
interface DatabaseServer extends AutoCloseable {

	/**
	 * The address of a database, for MySQL Connector/J.
	 * @param database the database's name
	 * @return a JDBC URL without credentials
	 */
	String jdbcUrl(String database);

	/**
	 * A user who may do everything.
	 * @return the user's name
	 */
	String username();

	/**
	 * The password of that user.
	 * @return the password
	 */
	String password();

	@Override
	void close();

	default DataSource dataSource(String database) {
		return new DriverManagerDataSource(jdbcUrl(database), username(), password());
	}

	default void createDatabase(String name) {
		new JdbcTemplate(dataSource("")).execute("CREATE DATABASE IF NOT EXISTS `%s`".formatted(name));
	}

	default void dropDatabase(String name) {
		new JdbcTemplate(dataSource("")).execute("DROP DATABASE IF EXISTS `%s`".formatted(name));
	}

}
