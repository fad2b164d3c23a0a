package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.SqlStatement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Batches of SQL statements, with the drivers as {@link SinkDataSource} sets them up.
 */
class SqlBatchTests {

	private static TestDatabase database;

	@BeforeAll
	static void startServer() {
		database = TestDatabase.create();
		database.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL)");
	}

	@AfterAll
	static void stopServer() {
		database.close();
	}

	@BeforeEach
	void clear() {
		database.execute("DELETE FROM item");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'',                                          ,                         1
			?rewriteBatchedStatements=false,             ,                         10
			?useSSL=false&REWRITEbatchedstatements=false,,                         10
			'',                                          rewriteBatchedStatements, 10
			'',                                          RewriteBatchedStatements, 10
			?user=rewriteBatchedStatements,              ,                         1
			""")
	void rewritesBatchesUnlessTheUserDecidedOtherwise(String parameters, String property, int statements)
			throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, parameters)) {
			if (property != null) {
				application.addDataSourceProperty(property, "false");
			}
			try (SinkDataSource sink = SinkDataSources.of(application);
					Connection connection = sink.pool().getConnection()) {
				long before = inserts(connection);
				try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
					for (int i = 0; i < 10; i++) {
						statement.setInt(1, i);
						statement.setString(2, "n");
						statement.addBatch();
					}
					statement.executeBatch();
				}
				assertThat(inserts(connection) - before).isEqualTo(statements);
				connection.rollback();
			}
		}
	}

	/**
	 * What comes after it is refused, and would be said to be the failure.
	 */
	@ParameterizedTest
	@CsvSource(textBlock = """
			mysql,   '',                              2
			mysql,   '',                              6
			mysql,   ?rewriteBatchedStatements=false, 6
			mysql,   ?useServerPrepStmts=true,        2
			mariadb, '',                              6
			""")
	void saysThatABatchOfSqlWaitedForALockInVain(String driver, String parameters, int statements) throws Exception {
		database.execute("INSERT INTO item VALUES (0, 'zero'), (1, 'one')");
		List<SqlStatement> updates = new ArrayList<>();
		String update = "UPDATE item SET name = ? WHERE id = ?";
		for (int i = 0; i < statements; i++) {
			updates.add((i == 0) ? SqlStatement.of(update, "a", 0) : SqlStatement.of(update, "too long", 1));
		}
		try (HikariDataSource application = SinkDataSources.hikari(database, parameters)) {
			application.setJdbcUrl(application.getJdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			try (SinkDataSource sink = new SinkDataSource(application, 1, Duration.ofSeconds(3), Duration.ofSeconds(1),
					LoadData.AUTO);
					Connection connection = sink.pool().getConnection();
					Connection other = database.dataSource().getConnection();
					Statement lock = other.createStatement()) {
				other.setAutoCommit(false);
				lock.execute("SELECT * FROM item WHERE id = 0 FOR UPDATE");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new JdbcSink(10).write(connection, updates))
					.satisfies((ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex))
						.isEqualTo(FailureKind.TRANSIENT))
					.satisfies((ex) -> assertThat(SqlFailure.of(ex).vendorCode()).isEqualTo(1205));
				connection.rollback();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void saysWhichSqlOfABatchIsRefused(boolean rewritten) throws Exception {
		database.execute("INSERT INTO item VALUES (0, 'zero')");
		List<SqlStatement> updates = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			updates.add(SqlStatement.of("UPDATE item SET name = ? WHERE id = ?", (i == 3) ? "too long" : "a", 0));
		}
		try (HikariDataSource application = SinkDataSources.hikari(database, "?rewriteBatchedStatements=" + rewritten);
				SinkDataSource sink = SinkDataSources.of(application);
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> new JdbcSink(10).write(connection, updates))
				.satisfies((ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex))
					.isEqualTo(FailureKind.PERMANENT))
				.satisfies((ex) -> assertThat(SqlFailure.of(ex).isOfValue()).isTrue());
			connection.rollback();
		}
	}

	private static long inserts(Connection connection) throws SQLException {
		return Long.parseLong(SinkDataSources.show(connection, "STATUS", "Com_insert"));
	}

}
