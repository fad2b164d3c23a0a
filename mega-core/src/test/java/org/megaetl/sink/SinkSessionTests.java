package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;

import javax.sql.DataSource;

import com.mysql.cj.jdbc.MysqlDataSource;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the sessions of {@link SinkDataSource} on a real server whose defaults are as
 * bad as can be: no strict SQL mode, and a time zone of its own.
 */
class SinkSessionTests {

	private static final Instant INSTANT = Instant.parse("2026-03-29T01:30:00.123Z");

	private static TestDatabase database;

	@BeforeAll
	static void startServer() {
		database = TestDatabase.createWithOwnServer("--sql-mode=", "--default-time-zone=+05:30",
				"--transaction-isolation=REPEATABLE-READ", "--innodb-lock-wait-timeout=50");
		database.execute("CREATE TABLE moment (id INT PRIMARY KEY, at TIMESTAMP(3) NULL, day DATETIME(3))",
				"CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL)");
	}

	@AfterAll
	static void stopServer() {
		database.close();
	}

	@BeforeEach
	void clear() {
		database.execute("DELETE FROM moment", "DELETE FROM item");
	}

	@ParameterizedTest
	@EnumSource
	void preparesTheSession(Application application) throws Exception {
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection()) {
			assertThat(connection.getAutoCommit()).isFalse();
			assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
			assertThat(SinkDataSources.variable(connection, "tx_isolation")).isEqualTo("READ-COMMITTED");
			assertThat(SinkDataSources.variable(connection, "innodb_lock_wait_timeout")).isEqualTo("7");
			assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+00:00");
			assertThat(SinkDataSources.variable(connection, "sql_mode")).contains("STRICT_TRANS_TABLES",
					"STRICT_ALL_TABLES");
		}
	}

	@ParameterizedTest
	@EnumSource
	void leavesTheSessionOfTheApplicationAlone(Application application) throws Exception {
		try (Closing source = application.open(); SinkDataSource sink = SinkDataSources.of(source.dataSource())) {
			sink.pool().getConnection().close();
			try (Connection connection = source.dataSource().getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(SinkDataSources.variable(connection, "innodb_lock_wait_timeout")).isEqualTo("50");
				assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+05:30");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void anInstantArrivesAsTheSameInstantInAnyTimeZone(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection()) {
			List<Object> same = List.of(INSTANT, Timestamp.from(INSTANT), Date.from(INSTANT),
					INSTANT.atZone(ZoneId.of("Asia/Tokyo")), INSTANT.atZone(ZoneId.of("+02:00")).toOffsetDateTime());
			for (int i = 0; i < same.size(); i++) {
				new JdbcSink(10).write(connection,
						List.of(Row.insert("moment").set("id", i).set("at", same.get(i)).set("day", same.get(i))));
			}
			connection.commit();
			assertMoments(same.size());
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HIKARI.*|POOL_OF_MARIADB" }, mode = EnumSource.Mode.MATCH_ANY)
	void aTimestampOfADirectTransformerArrivesAsTheSameInstant(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection();
				PreparedStatement statement = connection.prepareStatement("INSERT INTO moment VALUES (1, ?, ?)")) {
			statement.setTimestamp(1, Timestamp.from(INSTANT));
			statement.setTimestamp(2, Timestamp.from(INSTANT));
			statement.executeUpdate();
			connection.commit();
			assertMoments(1);
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	/**
	 * What is east of UTC has its midnight on the day before, by the clock of the
	 * connection.
	 */
	@ParameterizedTest
	@EnumSource
	void aDateAndATimeOfDayArriveAsTheyAreInTheJvm(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection()) {
			database.execute("CREATE OR REPLACE TABLE clock (day DATE, at TIME(3))");
			java.sql.Date day = java.sql.Date.valueOf("2026-02-28");
			Time time = new Time(Time.valueOf("08:30:15").getTime() + 250);
			new JdbcSink(10).write(connection, List.of(Row.insert("clock").set("day", day).set("at", time),
					SqlStatement.of("INSERT INTO clock VALUES (?, ?)", day, time)));
			connection.commit();
			assertThat(JdbcClient.create(database.dataSource())
				.sql("SELECT CONCAT(day, ' ', at) FROM clock")
				.query(String.class)
				.list()).hasSize(2).containsOnly("2026-02-28 08:30:15.250");
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	/**
	 * Where a statement cannot be taken back, the lesser strict mode lets the second row
	 * pass.
	 */
	@ParameterizedTest
	@EnumSource
	void aValueThatDoesNotFitIsAnErrorInATableWithoutTransactions(Application application) throws Exception {
		database.execute("CREATE OR REPLACE TABLE plain (v INT) ENGINE = MyISAM");
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> new JdbcSink(10).write(connection,
						List.of(SqlStatement.of("INSERT INTO plain VALUES (?), (?)", 1, "abc"))))
				.withMessageContaining("abc");
			connection.rollback();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aValueThatDoesNotFitIsAnError(Application application) throws Exception {
		try (Closing source = application.open();
				SinkDataSource sink = SinkDataSources.of(source.dataSource());
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> new JdbcSink(10).write(connection,
						List.of(Row.insert("item").set("id", 1).set("name", "too long a name"))))
				.withMessageContaining("name");
			connection.rollback();
		}
	}

	@Test
	void closesConnectionsOfAnotherPoolWithTheSessionThatTheyHad() throws Exception {
		try (SingleConnectionDataSource pool = new SingleConnectionDataSource(database.jdbcUrl(), database.username(),
				database.password(), true)) {
			String mode = SinkDataSources.variable(pool.getConnection(), "sql_mode");
			try (SinkDataSource sink = SinkDataSources.of(pool); Connection connection = sink.pool().getConnection()) {
				assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+00:00");
				assertThat(SinkDataSources.variable(connection, "sql_mode")).isNotEqualTo(mode);
				assertThat(connection.getNetworkTimeout()).isEqualTo(300_000);
			}
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(connection.getNetworkTimeout()).isZero();
				assertThat(SinkDataSources.variable(connection, "tx_isolation")).isEqualTo("REPEATABLE-READ");
				assertThat(SinkDataSources.variable(connection, "innodb_lock_wait_timeout")).isEqualTo("50");
				assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+05:30");
				assertThat(SinkDataSources.variable(connection, "sql_mode")).isEqualTo(mode);
			}
		}
	}

	@Test
	void executesTheUsersInitSqlFirst() throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database,
				"?sessionVariables=innodb_lock_wait_timeout=33")) {
			application.setConnectionInitSql("SET SESSION time_zone='+09:00', SESSION max_statement_time=11");
			try (SinkDataSource sink = SinkDataSources.of(application);
					Connection connection = sink.pool().getConnection()) {
				assertThat(SinkDataSources.variable(connection, "max_statement_time")).startsWith("11");
				assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+00:00");
				assertThat(SinkDataSources.variable(connection, "innodb_lock_wait_timeout")).isEqualTo("7");
			}
		}
	}

	@Test
	void writesAlthoughThePoolOfTheApplicationIsReadOnly() throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, "")) {
			application.setReadOnly(true);
			try (SinkDataSource sink = SinkDataSources.of(application);
					Connection connection = sink.pool().getConnection()) {
				assertThat(connection.isReadOnly()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DRIVER_MYSQL", "DRIVER_MARIADB" })
	void doesNotKnowWhereAForeignDataSourceLeads(Application application) throws Exception {
		try (Closing source = application.open(); SinkDataSource sink = SinkDataSources.of(source.dataSource())) {
			assertThat(sink.location()).isNull();
		}
	}

	private static void assertMoments(int count) {
		assertThat(JdbcClient.create(database.dataSource())
			.sql("SELECT CONCAT(UNIX_TIMESTAMP(at), ' ', day) FROM moment")
			.query(String.class)
			.list()).hasSize(count).containsOnly("1774747800.123 2026-03-29 01:30:00.123");
	}

	/**
	 * Ways in which an application has come by its data source.
	 */
	enum Application {

		HIKARI_MYSQL {

			@Override
			DataSource dataSource() {
				return SinkDataSources.hikari(database, "");
			}

		},

		WRAPPED_HIKARI {

			@Override
			DataSource dataSource() {
				return new WrappedDataSource(SinkDataSources.hikari(database, ""));
			}

		},

		HIKARI_MYSQL_IN_BERLIN {

			@Override
			DataSource dataSource() {
				return SinkDataSources.hikari(database,
						"?connectionTimeZone=Europe/Berlin&jdbcCompliantTruncation=false");
			}

		},

		HIKARI_MYSQL_WITH_FORMER_NAME {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = SinkDataSources.hikari(database,
						"?jdbcCompliantTruncation=false&serverTimezone=Asia/Tokyo&forceConnectionTimeZoneToSession=false");
				pool.addDataSourceProperty("serverTimezone", "Europe/Berlin");
				return pool;
			}

		},

		POOL_OF_DATA_SOURCE_CLASS {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = SinkDataSources.hikari(database, "");
				Properties properties = new Properties();
				properties.setProperty("url", pool.getJdbcUrl());
				pool.setDataSourceProperties(properties);
				pool.setDataSourceClassName(MysqlDataSource.class.getName());
				pool.setJdbcUrl(null);
				return pool;
			}

		},

		POOL_OF_MARIADB {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = SinkDataSources.hikari(database, "?jdbcCompliantTruncation=false");
				pool.setJdbcUrl(pool.getJdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:"));
				return pool;
			}

		},

		DRIVER_MYSQL {

			@Override
			DataSource dataSource() {
				return new DriverManagerDataSource(database.jdbcUrl() + "?jdbcCompliantTruncation=false",
						database.username(), database.password());
			}

		},

		DRIVER_MARIADB {

			@Override
			DataSource dataSource() {
				return new DriverManagerDataSource(
						database.jdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:") + "?jdbcCompliantTruncation=false",
						database.username(), database.password());
			}

		};

		abstract DataSource dataSource();

		Closing open() {
			return new Closing(dataSource());
		}

	}

	record Closing(DataSource dataSource) implements AutoCloseable {

		@Override
		public void close() throws Exception {
			if (this.dataSource instanceof AutoCloseable closeable) {
				closeable.close();
			}
		}

	}

}
