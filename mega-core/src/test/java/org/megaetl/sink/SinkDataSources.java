package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Data sources for tests, and what the server says of their connections.
 */
final class SinkDataSources {

	private SinkDataSources() {
	}

	static SinkDataSource of(DataSource application) {
		return new SinkDataSource(application, 1, Duration.ofSeconds(3), Duration.ofSeconds(7), LoadData.AUTO);
	}

	/**
	 * Returns a pool of one connection, as of an application.
	 * @param parameters what is added to the URL
	 */
	static HikariDataSource hikari(TestDatabase database, String parameters) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(database.jdbcUrl() + parameters);
		pool.setUsername(database.username());
		pool.setPassword(database.password());
		pool.setMaximumPoolSize(1);
		return pool;
	}

	static String variable(Connection connection, String name) throws SQLException {
		return show(connection, "VARIABLES", name);
	}

	static String show(Connection connection, String what, String name) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SHOW SESSION " + what + " LIKE '" + name + "'")) {
			assertThat(result.next()).as(name).isTrue();
			return result.getString(2);
		}
	}

	static void signal(Connection connection, String state, int code, String message) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> statement.execute("SIGNAL SQLSTATE '" + state + "' SET MYSQL_ERRNO = " + code
						+ ", MESSAGE_TEXT = '" + message + "'"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(code));
		}
	}

}
