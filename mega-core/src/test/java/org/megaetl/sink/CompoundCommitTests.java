package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompoundCommit} with the driver of each database.
 */
class CompoundCommitTests {

	private static final Row MARK = Row.upsert("mark").key("id", 1).set("token", "b");

	private static TestDatabase database;

	private static JdbcClient jdbc;

	private final JdbcSink sink = new JdbcSink(1000);

	@BeforeAll
	static void createTables() {
		database = TestDatabase.createWithOwnServer();
		database.execute("CREATE TABLE mark (id INT PRIMARY KEY, token VARCHAR(10))",
				"CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(10))",
				"CREATE TABLE note (id INT AUTO_INCREMENT PRIMARY KEY, text TEXT)");
		jdbc = JdbcClient.create(database.dataSource());
	}

	@AfterAll
	static void dropTables() {
		database.close();
	}

	@BeforeEach
	void empty() {
		database.execute("DELETE FROM mark", "DELETE FROM item", "DELETE FROM note",
				"INSERT INTO mark VALUES (1, 'a')");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void commitsInOneRoundTrip(String driver) throws SQLException {
		connected(driver, (connection) -> {
			// reads the catalogue, to find out whether the order of the tables matters
			this.sink.commit(connection, MARK, List.of(item(4), note("first")));
			long before = requests(connection);
			assertThat(this.sink.commit(connection, MARK, List.of(item(1), item(2), note("what's; \\this?"), item(3))))
				.isTrue();
			assertThat(requests(connection) - before).as("with the one that asks for it").isEqualTo(2);
			assertThat(jdbc.sql("SELECT token FROM mark").query(String.class).single()).isEqualTo("b");
			assertThat(jdbc.sql("SELECT id FROM item ORDER BY id").query(Integer.class).list()).containsExactly(1, 2, 3,
					4);
			assertThat(jdbc.sql("SELECT text FROM note ORDER BY id").query(String.class).list())
				.containsExactly("first", "what's; \\this?");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void leavesNothingOfWhatIsRefused(String driver) throws SQLException {
		connected(driver, (connection) -> {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> this.sink.commit(connection, MARK, List.of(note("first"), item(1), item(1))))
				.withMessageContaining("Duplicate");
			connection.rollback();
			assertThat(this.sink.commit(connection, MARK, List.of(note("second")))).isTrue();
			assertThat(jdbc.sql("SELECT text FROM note").query(String.class).list()).containsExactly("second");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void leavesMoreRowsOtherStatementsAndLargeValuesToOthers(String driver) throws SQLException {
		connected(driver, (connection) -> {
			List<Row> many = new ArrayList<>();
			for (int i = 0; i < 51; i++) {
				many.add(item(i));
			}
			assertThat(this.sink.commit(connection, MARK, many)).isFalse();
			assertThat(this.sink.commit(connection, MARK, List.of(note("x".repeat(70_000))))).isFalse();
			assertThat(this.sink.commit(connection, MARK,
					List.of(item(1), SqlStatement.of("INSERT INTO note (text) VALUES ('x')"))))
				.isFalse();
			assertThat(jdbc.sql("SELECT token FROM mark").query(String.class).single()).isEqualTo("a");
			assertThat(this.sink.commit(connection, MARK, many.subList(0, 50))).isTrue();
		});
	}

	@Test
	void isTriedOnceWhereTheServerDoesNotTakeIt() throws SQLException {
		connected("mysql", (connection) -> {
			Connection refusing = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { Connection.class }, (proxy, method, args) -> {
						if (method.getName().equals("prepareStatement") && args[0].toString().startsWith("BEGIN")) {
							throw new SQLSyntaxErrorException("You have an error in your SQL syntax", "42000", 1064);
						}
						return method.invoke(connection, args);
					});
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> this.sink.commit(refusing, MARK, List.of(item(1))))
				.withMessageContaining("syntax");
			assertThat(this.sink.commit(refusing, MARK, List.of(item(1)))).isFalse();
		});
	}

	private static Row item(int id) {
		return Row.insert("item").set("id", id).set("name", "n" + id);
	}

	private static Row note(String text) {
		return Row.insert("note").set("text", text);
	}

	private static long requests(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SHOW SESSION STATUS LIKE 'Questions'")) {
			result.next();
			return result.getLong(2);
		}
	}

	private static void connected(String driver, Work work) throws SQLException {
		try (HikariDataSource application = new HikariDataSource()) {
			application.setJdbcUrl(database.jdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			application.setUsername(database.username());
			application.setPassword(database.password());
			try (SinkDataSource connections = new SinkDataSource(application, 1, Duration.ofSeconds(3),
					Duration.ofSeconds(5), LoadData.AUTO); Connection connection = connections.pool().getConnection()) {
				work.execute(connection);
			}
		}
	}

	private interface Work {

		void execute(Connection connection) throws SQLException;

	}

}
