package org.megaetl.sink;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Failures as a real server and the real driver produce them.
 */
class FailureClassifierDatabaseTests {

	private static final String WRITER = "writer";

	private static final String WRITER_PASSWORD = "writer-password";

	private static TestDatabase database;

	private final FailureClassifiers classifiers = new FailureClassifiers(List.of());

	@BeforeAll
	static void startDatabase() {
		database = TestDatabase.createWithOwnServer("--log-bin", "--binlog-format=ROW",
				"--max-binlog-cache-size=32768");
		// no administrator: read_only does not bind those
		database.execute(
				"CREATE USER %s IDENTIFIED BY '%s' WITH MAX_USER_CONNECTIONS 3".formatted(WRITER, WRITER_PASSWORD),
				"GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO %s".formatted(database.name(), WRITER));
	}

	@AfterAll
	static void stopDatabase() {
		database.close();
	}

	@BeforeEach
	void createTables() {
		database.execute("SET GLOBAL read_only = OFF", "DROP TABLE IF EXISTS line", "DROP TABLE IF EXISTS item", """
				CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL, amount INT, doc JSON,
				CONSTRAINT amount_positive CHECK (amount > 0))""",
				"CREATE TABLE line (id INT PRIMARY KEY, item INT, FOREIGN KEY (item) REFERENCES item (id))",
				"INSERT INTO item (id, name) VALUES (1, 'one'), (2, 'two')");
	}

	@Test
	void duplicateKeyIsPermanent() {
		Throwable failure = failureOf("INSERT INTO item (id, name) VALUES (1, 'again')");
		assertFailure(failure, FailureKind.PERMANENT, 1062);
		assertThat(SqlFailure.of(failure).redacted().message()).isEqualTo("Duplicate entry '?' for key 'PRIMARY'");
	}

	@Test
	void duplicateKeyInABatchIsPermanent() throws SQLException {
		try (Connection connection = connect("?rewriteBatchedStatements=true");
				PreparedStatement statement = connection
					.prepareStatement("INSERT INTO item (id, name) VALUES (?, ?)")) {
			for (int id = 10; id >= 1; id--) {
				statement.setInt(1, id);
				statement.setString(2, "name");
				statement.addBatch();
			}
			assertFailure(catchThrowable(statement::executeBatch), FailureKind.PERMANENT, 1062);
		}
	}

	@Test
	void springsExceptionIsPermanent() {
		JdbcTemplate template = new JdbcTemplate(database.dataSource());
		assertThatExceptionOfType(DuplicateKeyException.class)
			.isThrownBy(() -> template.update("INSERT INTO item (id, name) VALUES (1, 'again')"))
			.satisfies((failure) -> assertFailure(failure, FailureKind.PERMANENT, 1062));
	}

	@Test
	void badValuesArePermanent() {
		assertFailure(failureOf("INSERT INTO item (id, name) VALUES (3, NULL)"), FailureKind.PERMANENT, 1048);
		assertFailure(failureOf("INSERT INTO item (id) VALUES (3)"), FailureKind.PERMANENT, 1364);
		assertFailure(failureOf("INSERT INTO item (id, name, amount) VALUES (3, 'a', 3e10)"), FailureKind.PERMANENT,
				1264);
		assertFailure(failureOf("INSERT INTO item (id, name, amount) VALUES (3, 'a', 0)"), FailureKind.PERMANENT, 4025);
		assertFailure(failureOf("INSERT INTO item (id, name, doc) VALUES (3, 'a', '{')"), FailureKind.PERMANENT, 4025);
		assertFailure(failureOf("INSERT INTO line (id, item) VALUES (3, 3)"), FailureKind.PERMANENT, 1452);
		assertFailure(failureOf("UPDATE item SET amount = CAST('secret' AS INT)"), FailureKind.PERMANENT, 1292);
		Throwable failure = failureOf("INSERT INTO item (id, name, amount) VALUES (3, 'a', 'secret')");
		assertFailure(failure, FailureKind.PERMANENT, 1366);
		assertThat(SqlFailure.of(failure).redacted().message()).isEqualTo(
				"Data truncation: Incorrect integer value: '?' for column `%s`.`item`.`amount` at row 1",
				database.name());
	}

	@Test
	void valueThatIsTooLongIsPermanentAndItsRowIsNamed() throws SQLException {
		try (Connection connection = connect("")) {
			Throwable failure = catchThrowable(() -> new JdbcSink(100).write(connection,
					List.of(item(3, "a"), item(4, "b"), item(5, "far longer than ten"), item(6, "c"))));
			assertFailure(failure, FailureKind.PERMANENT, 1406);
			assertThat(SqlFailure.of(failure).row()).hasValue(3);
			assertThat(SqlFailure.of(failure).sqlState()).isEqualTo("22001");
		}
	}

	@Test
	void badStatementsArePermanent() throws SQLException {
		assertFailure(failureOf("INSERT INTO"), FailureKind.PERMANENT, 1064);
		assertFailure(failureOf("INSERT INTO item (id, name) VALUES (3)"), FailureKind.PERMANENT, 1136);
		try (Connection connection = connect("");
				PreparedStatement statement = connection
					.prepareStatement("INSERT INTO item (id, name) VALUES (?, ?)")) {
			statement.setInt(1, 3);
			assertFailure(catchThrowable(statement::executeUpdate), FailureKind.PERMANENT, 0);
			assertFailure(catchThrowable(() -> statement.setInt(3, 3)), FailureKind.PERMANENT, 0);
			statement.setString(2, "a");
			statement.setObject(1, "secret", Types.INTEGER);
			// the driver converts when it sends, and lets the exception of the conversion
			// out
			Throwable unconvertible = catchThrowable(statement::executeUpdate);
			assertThat(this.classifiers.classify(unconvertible)).isEqualTo(FailureKind.PERMANENT);
			assertThat(SqlFailure.of(unconvertible)).isNull();
		}
	}

	@Test
	void signalIsPermanent() {
		database.execute("""
				CREATE TRIGGER guard BEFORE INSERT ON item FOR EACH ROW
				SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'""");
		assertFailure(failureOf("INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.PERMANENT, 1644);
	}

	@Test
	void whatIsMissingIsForTheOperator() {
		assertFailure(failureOf("INSERT INTO items (id) VALUES (3)"), FailureKind.OPERATOR, 1146);
		assertFailure(failureOf("INSERT INTO item (id, title) VALUES (3, 'a')"), FailureKind.OPERATOR, 1054);
		assertFailure(failureOf("CALL book_item(3)"), FailureKind.OPERATOR, 1305);
		assertFailure(failureOf("INSERT INTO nowhere.item (id) VALUES (3)"), FailureKind.OPERATOR, 1146, 1049);
		assertFailure(catchThrowable(
				() -> DriverManager.getConnection(database.jdbcUrl() + "x", database.username(), database.password())),
				FailureKind.OPERATOR, 1049);
	}

	@Test
	void missingPrivilegesAreForTheOperator() throws SQLException {
		assertFailure(catchThrowable(() -> DriverManager.getConnection(database.jdbcUrl(), WRITER, "not the password")),
				FailureKind.OPERATOR, 1045);
		try (Connection connection = connectAsWriter()) {
			assertFailure(failureOf(connection, "CREATE TABLE more (id INT)"), FailureKind.OPERATOR, 1142);
		}
	}

	@Test
	void savepointThatIsGoneIsUnknown() {
		assertFailure(failureOf("ROLLBACK TO SAVEPOINT event_7"), FailureKind.UNKNOWN, 1305);
	}

	@Test
	void deadlockIsTransient() throws SQLException {
		try (Connection one = connect(""); Connection two = connect("")) {
			one.setAutoCommit(false);
			two.setAutoCommit(false);
			run(one, "UPDATE item SET amount = 1 WHERE id = 1");
			run(two, "UPDATE item SET amount = 2 WHERE id = 2");
			CompletableFuture<Throwable> first = CompletableFuture
				.supplyAsync(() -> failureOf(one, "UPDATE item SET amount = 1 WHERE id = 2"));
			Throwable second = failureOf(two, "UPDATE item SET amount = 2 WHERE id = 1");
			two.rollback();
			assertFailure((second != null) ? second : first.join(), FailureKind.TRANSIENT, 1213);
			first.join();
		}
	}

	@Test
	void lockWaitTimeoutIsTransient() throws SQLException {
		try (Connection one = connect(""); Connection two = connect("")) {
			one.setAutoCommit(false);
			run(one, "UPDATE item SET amount = 1 WHERE id = 1");
			run(two, "SET SESSION innodb_lock_wait_timeout = 1");
			assertFailure(failureOf(two, "UPDATE item SET amount = 2 WHERE id = 1"), FailureKind.TRANSIENT, 1205);
			assertFailure(failureOf(two, "SELECT * FROM item WHERE id = 1 FOR UPDATE NOWAIT"), FailureKind.TRANSIENT,
					1205);
		}
	}

	@Test
	void rowThatChangedSinceTheSnapshotIsTransient() throws SQLException {
		try (Connection one = connect(""); Connection two = connect("")) {
			run(one, "SET SESSION innodb_snapshot_isolation = ON");
			one.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			one.setAutoCommit(false);
			run(one, "SELECT * FROM item");
			run(two, "UPDATE item SET amount = 2 WHERE id = 1");
			assertFailure(failureOf(one, "UPDATE item SET amount = 1 WHERE id = 1"), FailureKind.TRANSIENT, 1020);
		}
	}

	@Test
	void killedConnectionIsTransient() throws SQLException {
		try (Connection connection = connect("")) {
			database.execute("KILL CONNECTION " + id(connection));
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					0, 1927);
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					0);
		}
	}

	@Test
	void interruptedStatementIsTransient() throws SQLException {
		try (Connection connection = connect("")) {
			long id = id(connection);
			CompletableFuture<Throwable> failure = CompletableFuture
				.supplyAsync(() -> failureOf(connection, "SELECT SLEEP(60) FROM item WHERE id = 1 FOR UPDATE"));
			Awaitility.await().untilAsserted(() -> {
				database.execute("KILL QUERY " + id);
				assertThat(failure).isDone();
			});
			assertFailure(failure.join(), FailureKind.TRANSIENT, 1317);
		}
	}

	@Test
	void statementOverItsTimeIsTransient() throws SQLException {
		try (Connection connection = connect(""); Statement statement = connection.createStatement()) {
			statement.setQueryTimeout(1);
			assertFailure(catchThrowable(() -> statement.execute("UPDATE item SET amount = SLEEP(60)")),
					FailureKind.TRANSIENT, 0);
			run(connection, "SET SESSION max_statement_time = 0.05");
			assertFailure(failureOf(connection, "UPDATE item SET amount = SLEEP(60)"), FailureKind.TRANSIENT, 1969);
		}
	}

	@Test
	void abortedConnectionIsTransient() throws SQLException {
		Executor direct = Runnable::run;
		try (Connection connection = connect("");
				PreparedStatement statement = connection
					.prepareStatement("INSERT INTO item (id, name) VALUES (?, ?)")) {
			statement.setInt(1, 3);
			statement.setString(2, "a");
			connection.abort(direct);
			assertFailure(catchThrowable(statement::executeUpdate), FailureKind.TRANSIENT, 0);
			statement.close();
			assertFailure(catchThrowable(statement::executeUpdate), FailureKind.TRANSIENT, 0);
			assertFailure(catchThrowable(connection::commit), FailureKind.TRANSIENT, 0);
		}
	}

	@Test
	void readOnlyServerAndConnectionAreTransient() throws SQLException {
		try (Connection connection = connectAsWriter()) {
			database.execute("SET GLOBAL read_only = ON");
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					1290);
			database.execute("SET GLOBAL read_only = OFF");
			run(connection, "START TRANSACTION READ ONLY");
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					1792);
			run(connection, "ROLLBACK");
			connection.setReadOnly(true);
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					0);
		}
	}

	@Test
	void otherOptionsThatPreventAStatementAreForTheOperator() {
		assertFailure(failureOf("SELECT 1 INTO OUTFILE '/elsewhere/item.csv'"), FailureKind.OPERATOR, 1290);
	}

	@Test
	void tooManyConnectionsAreTransient() throws SQLException {
		try (Connection one = connectAsWriter();
				Connection two = connectAsWriter();
				Connection three = connectAsWriter()) {
			assertThat(one.isValid(1) && two.isValid(1) && three.isValid(1)).isTrue();
			assertFailure(catchThrowable(FailureClassifierDatabaseTests::connectAsWriter), FailureKind.TRANSIENT, 1226,
					1203);
		}
	}

	@Test
	void packetThatTheDriverRefusesIsTooLarge() throws SQLException {
		database.execute("SET GLOBAL max_allowed_packet = 1048576");
		try (Connection connection = connect("");
				PreparedStatement statement = connection
					.prepareStatement("INSERT INTO item (id, name) VALUES (3, ?)")) {
			statement.setString(1, "x".repeat(2_000_000));
			assertFailure(catchThrowable(statement::executeUpdate), FailureKind.TOO_LARGE, 0);
		}
		finally {
			database.execute("SET GLOBAL max_allowed_packet = DEFAULT");
		}
	}

	@Test
	void transactionOverTheBinaryLogsCacheIsTooLarge() throws SQLException {
		database.execute("CREATE TABLE IF NOT EXISTS blobs (id INT PRIMARY KEY, data LONGBLOB)");
		try (Connection connection = connect("")) {
			connection.setAutoCommit(false);
			Throwable failure = catchThrowable(() -> {
				for (int id = 0; id < 50; id++) {
					run(connection, "INSERT INTO blobs VALUES (%d, REPEAT('x', 4000))".formatted(id));
				}
				connection.commit();
			});
			assertFailure(failure, FailureKind.TOO_LARGE, 1197);
			connection.rollback();
		}
	}

	@Test
	void poolWithoutAConnectionIsTransient() throws SQLException {
		HikariConfig config = new HikariConfig();
		config.setDataSource(database.dataSource());
		config.setMaximumPoolSize(1);
		config.setConnectionTimeout(250);
		try (HikariDataSource pool = new HikariDataSource(config); Connection connection = pool.getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			assertFailure(catchThrowable(pool::getConnection), FailureKind.TRANSIENT, 0);
			pool.close();
			assertFailure(catchThrowable(pool::getConnection), FailureKind.TRANSIENT, 0);
		}
	}

	@Test
	void serverThatIsGoneIsTransient() throws SQLException {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(database.jdbcUrl());
		config.setUsername(database.username());
		config.setPassword(database.password());
		config.setConnectionTimeout(250);
		try (HikariDataSource pool = new HikariDataSource(config);
				Connection pooled = pool.getConnection();
				Connection connection = connect("")) {
			pooled.setAutoCommit(false);
			run(pooled, "INSERT INTO item (id, name) VALUES (3, 'a')");
			database.server().kill();
			assertFailure(catchThrowable(pooled::commit), FailureKind.TRANSIENT, 0);
			// the pool has given the connection up
			assertFailure(failureOf(pooled, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT, 0);
			assertFailure(failureOf(connection, "INSERT INTO item (id, name) VALUES (3, 'a')"), FailureKind.TRANSIENT,
					0);
			assertFailure(catchThrowable(() -> connect("")), FailureKind.TRANSIENT, 0);
			assertFailure(catchThrowable(pool::getConnection), FailureKind.TRANSIENT, 0);
		}
		finally {
			database.server().start();
		}
	}

	private void assertFailure(Throwable failure, FailureKind kind, int... codes) {
		assertThat(failure).isNotNull();
		assertThat(this.classifiers.classify(failure)).as("%s", failure).isEqualTo(kind);
		assertThat(codes).as("%s", failure).contains(SqlFailure.of(failure).vendorCode());
	}

	private static Throwable failureOf(String sql) {
		return catchThrowable(() -> {
			try (Connection connection = connect("")) {
				run(connection, sql);
			}
		});
	}

	private static Throwable failureOf(Connection connection, String sql) {
		return catchThrowable(() -> run(connection, sql));
	}

	private static void run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static long id(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT CONNECTION_ID()")) {
			result.next();
			return result.getLong(1);
		}
	}

	private static Connection connect(String parameters) throws SQLException {
		return DriverManager.getConnection(database.jdbcUrl() + parameters, database.username(), database.password());
	}

	private static Connection connectAsWriter() throws SQLException {
		return DriverManager.getConnection(database.jdbcUrl(), WRITER, WRITER_PASSWORD);
	}

	private static Row item(int id, String name) {
		return Row.insert("item").set("id", id).set("name", name);
	}

}
