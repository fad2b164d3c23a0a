package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JdbcSink} on a real database.
 */
class JdbcSinkTests {

	private static TestDatabase database;

	private static JdbcClient jdbc;

	private final JdbcSink sink = new JdbcSink(1000);

	private SinkDataSource connections;

	private Connection connection;

	@BeforeAll
	static void createTables() {
		database = TestDatabase.create();
		database.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, version INT)",
				"CREATE TABLE note (id INT AUTO_INCREMENT PRIMARY KEY, text MEDIUMTEXT)",
				"CREATE TABLE parent (id INT PRIMARY KEY)",
				"CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent (id))",
				"CREATE TABLE kinds (id INT PRIMARY KEY, amount DECIMAL(20,4), day DATE, at TIMESTAMP(3) NULL, flag BOOLEAN, data BLOB)");
		jdbc = JdbcClient.create(database.dataSource());
	}

	@AfterAll
	static void dropTables() {
		database.close();
	}

	@BeforeEach
	void connect() throws SQLException {
		for (String table : List.of("item", "note", "child", "parent", "kinds")) {
			jdbc.sql("DELETE FROM " + table).update();
		}
		this.connections = new SinkDataSource(database.dataSource(), 1, Duration.ofSeconds(3), Duration.ofSeconds(5),
				LoadData.AUTO);
		this.connection = this.connections.pool().getConnection();
	}

	@AfterEach
	void disconnect() throws SQLException {
		this.connection.close();
		this.connections.close();
	}

	@Test
	void writesThousandRowsWithOneStatement() throws SQLException {
		List<Row> rows = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			rows.add(Row.insert("item").set("id", i).set("name", "n" + i));
		}
		long before = statements();
		write(rows);
		assertThat(statements() - before).isEqualTo(1);
		assertThat(count("item")).isEqualTo(1000);
	}

	@Test
	void writesInterleavedIndependentTablesWithOneStatementEach() throws SQLException {
		List<SqlStatement> rows = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			rows.add(Row.insert("item").set("id", i).set("name", "n"));
			rows.add(Row.insert("note").set("text", "t"));
		}
		long before = statements();
		write(rows);
		assertThat(statements() - before).isEqualTo(2);
	}

	@Test
	void keepsTheOrderOfTablesThatAForeignKeyConnects() throws SQLException {
		List<SqlStatement> rows = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			rows.add(Row.insert("parent").set("id", i));
			rows.add(Row.insert("child").set("id", i).set("parent_id", i));
		}
		rows.add(Row.delete("child").key("id", 3));
		rows.add(Row.delete("parent").key("id", 3));
		write(rows);
		assertThat(count("parent")).isEqualTo(9);
		assertThat(count("child")).isEqualTo(9);
	}

	@Test
	void keepsTheOrderOfDifferentRowsOfOneTable() throws SQLException {
		write(List.of(Row.insert("item").set("id", 1).set("name", "first"), Row.delete("item").key("id", 1),
				Row.insert("item").set("id", 1).set("name", "second")));
		assertThat(jdbc.sql("SELECT name FROM item").query(String.class).list()).containsExactly("second");
	}

	@Test
	void neverMovesARowAcrossSqlOfTheUser() throws SQLException {
		write(List.of(Row.insert("item").set("id", 1).set("name", "a"),
				SqlStatement.of("UPDATE item SET name = CONCAT(name, ?)", "!"),
				Row.insert("item").set("id", 2).set("name", "b")));
		assertThat(jdbc.sql("SELECT name FROM item ORDER BY id").query(String.class).list()).containsExactly("a!", "b");
	}

	@Test
	void batchesEqualSqlOfTheUser() throws SQLException {
		List<SqlStatement> statements = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			statements.add(SqlStatement.of("INSERT INTO item (id, name) VALUES (?, ?)", i, "n"));
		}
		write(statements);
		assertThat(count("item")).isEqualTo(100);
	}

	@Test
	void upsertsAndKeepsTheNewer() throws SQLException {
		Row stored = Row.upsert("item").key("id", 1).set("name", "five").set("version", 5).newerBy("version");
		Row older = Row.upsert("item").key("id", 1).set("name", "four").set("version", 4).newerBy("version");
		Row unknown = Row.upsert("item").key("id", 1).set("name", "null").set("version", null).newerBy("version");
		write(List.of(stored, older, unknown));
		assertThat(item()).containsEntry("name", "five").containsEntry("version", 5);
		write(List.of(Row.upsert("item").key("id", 1).set("name", "six").set("version", 6).newerBy("version")));
		assertThat(item()).containsEntry("name", "six").containsEntry("version", 6);
	}

	@Test
	void takesAnyVersionOverNull() throws SQLException {
		write(List.of(Row.insert("item").set("id", 1).set("name", "none").set("version", null)));
		write(List.of(Row.upsert("item").key("id", 1).set("name", "one").set("version", 1).newerBy("version")));
		assertThat(item()).containsEntry("name", "one").containsEntry("version", 1);
	}

	@Test
	void insertIfAbsentStillRefusesBadValues() throws SQLException {
		write(List.of(Row.insertIfAbsent("item").set("id", 1).set("name", "kept"),
				Row.insertIfAbsent("item").set("id", 1).set("name", "ignored")));
		assertThat(item()).containsEntry("name", "kept");
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> write(List.of(Row.insertIfAbsent("item").set("id", 2).set("name", "x".repeat(51)))))
			.withMessageContaining("name");
	}

	@Test
	void bindsEveryKindOfValueUnchanged() throws SQLException {
		String text = "Robert'); DROP TABLE item; -- \" \\ \u0000 \uD83D\uDE00 ü %_\n";
		byte[] bytes = { 0, 1, 39, 92, -1 };
		Instant instant = Instant.parse("2026-03-29T01:30:00.123Z");
		write(List.of(Row.insert("note").set("text", text), SqlStatement.of("INSERT INTO note (text) VALUES (?)", text),
				Row.insert("kinds")
					.set("id", 1)
					.set("amount", new BigDecimal("1234567890123456.7891"))
					.set("day", LocalDate.of(2026, 2, 28))
					.set("at", instant)
					.set("flag", true)
					.set("data", bytes)));
		assertThat(jdbc.sql("SELECT text FROM note").query(String.class).list()).containsExactly(text, text);
		Map<String, Object> row = jdbc.sql("SELECT amount, day, flag, data, UNIX_TIMESTAMP(at) AS epoch FROM kinds")
			.query()
			.singleRow();
		assertThat(row).containsEntry("amount", new BigDecimal("1234567890123456.7891"))
			.containsEntry("day", java.sql.Date.valueOf("2026-02-28"))
			.containsEntry("flag", true)
			.containsEntry("data", bytes)
			.containsEntry("epoch", new BigDecimal("1774747800.123"));
	}

	@ParameterizedTest
	@CsvSource({ "mysql,false", "mysql,true", "mariadb,false", "mariadb,true" })
	void bindsLargeIntegersWhole(String driver, boolean serverPrepared) throws SQLException {
		BigInteger number = BigInteger.TWO.pow(64).add(BigInteger.ONE);
		HikariDataSource application = new HikariDataSource();
		application.setJdbcUrl(database.jdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":")
				+ "?useServerPrepStmts=" + serverPrepared);
		application.setUsername(database.username());
		application.setPassword(database.password());
		try (application;
				SinkDataSource sinkSource = new SinkDataSource(application, 1, Duration.ofSeconds(3),
						Duration.ofSeconds(5), LoadData.AUTO);
				Connection own = sinkSource.pool().getConnection()) {
			this.sink.write(own, List.of(Row.insert("note").set("text", number),
					SqlStatement.of("INSERT INTO note (text) VALUES (?)", number)));
			own.commit();
		}
		assertThat(jdbc.sql("SELECT text FROM note").query(String.class).list()).hasSize(2)
			.containsOnly(number.toString());
	}

	@Test
	void refusesAValueThatTheDriverWouldSerialise() {
		DoubleAdder noNumber = new DoubleAdder();
		noNumber.add(Double.NaN);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> write(List.of(Row.insert("note").set("text", new ArrayList<>(List.of(1))))))
			.withMessageContaining("java.util.ArrayList");
		assertThatIllegalArgumentException().isThrownBy(() -> write(List.of(Row.insert("note").set("text", noNumber))))
			.withMessageContaining("java.util.concurrent.atomic.DoubleAdder");
	}

	@Test
	void storesTheDigitsOfANumberThatTheDriverWouldSerialise() throws SQLException {
		LongAdder sum = new LongAdder();
		sum.add(Long.MAX_VALUE);
		write(List.of(Row.insert("note").set("text", new AtomicLong(Long.MAX_VALUE)),
				Row.insert("note").set("text", sum), SqlStatement.of("INSERT INTO note (text) VALUES (?)", sum)));
		assertThat(texts()).hasSize(3).containsOnly("9223372036854775807");
	}

	@Test
	void storesNullForWhatAJsonDocumentHasNoValueFor() throws SQLException {
		ObjectNode order = JsonMapper.shared().createObjectNode().putNull("note").put("city", "null");
		write(List.of(Row.insert("note").set("text", order.get("note")),
				Row.insert("note").set("text", order.path("street")),
				SqlStatement.of("INSERT INTO note (text) VALUES (?)", order.get("note"))));
		assertThat(texts()).hasSize(3).containsOnlyNulls();
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> write(List.of(Row.insert("item").set("id", 1).set("name", order.get("note")))))
			.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(1048));
		write(List.of(Row.insert("item").set("id", 1).set("name", order.get("city"))));
		assertThat(item()).containsEntry("name", "\"null\"");
	}

	static Stream<Object> refusesATimeThatIsInNoCalendar() {
		return Stream.of(Instant.MAX, OffsetDateTime.MIN, OffsetDateTime.MAX.toZonedDateTime(), LocalDateTime.MAX);
	}

	@ParameterizedTest
	@MethodSource
	void refusesATimeThatIsInNoCalendar(Object time) {
		assertThatException().isThrownBy(() -> write(List.of(Row.insert("kinds").set("id", 1).set("at", time))))
			.satisfies((ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex))
				.isEqualTo(FailureKind.PERMANENT));
	}

	/**
	 * As floating-point numbers all of these are equal.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			VARCHAR(30)    | 1234567890123456788  | 1234567890123456789     | BigDecimal
			VARCHAR(30)    | 1234567890123456788  | 1234567890123456789     | LongNode
			VARBINARY(30)  | 1234567890123456788  | 1234567890123456789     | BigDecimal
			CHAR(30)       | 123abc               | 123                     | BigDecimal
			VARCHAR(30)    | 0123                 | 123                     | BigDecimal
			VARCHAR(30)    | 1.5                  | 1.50                    | BigDecimal
			BIGINT         | 1234567890123456788  | 1234567890123456789     | LongNode
			BIGINT         | 1234567890123456788  | 1234567890123456789     | String
			DECIMAL(30,0)  | 1234567890123456788  | 1234567890123456789     | String
			DECIMAL(30,0)  | 1234567890123456788  | 1234567890123456789     | LongNode
			DECIMAL(30,0)  | 1234567890123456788  | 1234567890123456789     | DecimalNode
			DECIMAL(30,0)  | 12345678901234567881 | 1.234567890123456788E19 | String
			DECIMAL(30,0)  | 12345678901234567881 | 1.234567890123456788E19 | DecimalNode
			DECIMAL(30,2)  | 1234567890123456.78  | 1234567890123456.79     | String
			DECIMAL(30,2)  | 1234567890123456.78  | 1234567890123456.79     | DecimalNode
			""")
	void deletesTheRowOfTheKeyAndNoOther(String type, String neighbour, String key, String as) throws SQLException {
		Object value = switch (as) {
			case "LongNode" -> LongNode.valueOf(Long.parseLong(key));
			case "DecimalNode" -> DecimalNode.valueOf(new BigDecimal(key));
			case "BigDecimal" -> new BigDecimal(key);
			default -> key;
		};
		database.execute("CREATE OR REPLACE TABLE keyed (id " + type + " PRIMARY KEY)");
		write(List.of(Row.insert("keyed").set("id", neighbour), Row.insert("keyed").set("id", value)));
		assertThat(count("keyed")).isEqualTo(2);
		write(List.of(Row.delete("keyed").key("id", value)));
		assertThat(jdbc.sql("SELECT id FROM keyed").query(String.class).list()).containsExactly(neighbour);
	}

	@Test
	void keepsRowsWhoseKeysAreComparedAsTheyAre() {
		List<Row> rows = List.of(Row.delete("item").key("id", 1), Row.delete("item").key("id", 2));
		assertThat(DeleteKeys.converted(rows, Map.of("id", "int", "name", "varchar"))).isSameAs(rows);
	}

	/**
	 * By a wrong comparison more could be deleted.
	 */
	@Test
	void deletesNothingWhileTheTypesOfKeysCannotBeRead() throws SQLException {
		database.execute("CREATE OR REPLACE TABLE keyed (id VARCHAR(9) PRIMARY KEY)");
		write(List.of(Row.insert("keyed").set("id", "0123"), Row.insert("keyed").set("id", "123")));
		List<Row> delete = List.of(Row.delete("keyed").key("id", 123));
		Connection refusing = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, args) -> {
					if (method.getName().equals("prepareStatement") && args[0].toString().contains("DATA_TYPE")) {
						throw new SQLException("The disk is full", "HY000", 1021);
					}
					return method.invoke(this.connection, args);
				});
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> this.sink.write(refusing, delete))
			.withMessage("The disk is full");
		this.connection.rollback();
		write(delete);
		assertThat(jdbc.sql("SELECT id FROM keyed").query(String.class).list()).containsExactly("0123");
	}

	@Test
	void readsTheTypesOfKeysOnceTheTableIsThere() throws SQLException {
		database.execute("DROP TABLE IF EXISTS keyed");
		List<Row> delete = List.of(Row.delete("keyed").key("id", 123));
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> write(delete));
		database.execute("CREATE TABLE keyed (id VARCHAR(9) PRIMARY KEY)",
				"INSERT INTO keyed VALUES ('0123'), ('123')");
		write(delete);
		assertThat(jdbc.sql("SELECT id FROM keyed").query(String.class).list()).containsExactly("0123");
	}

	/**
	 * As in the search for the bad event.
	 */
	@Test
	void readsTheCatalogueOnceAlthoughStatementsFail() throws SQLException {
		List<Row> insert = List.of(Row.insert("item").set("id", 1).set("name", "n"));
		List<Row> delete = List.of(Row.delete("note").key("id", 1));
		write(insert);
		write(delete);
		long before = status("Com_select");
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> this.sink.write(this.connection, insert))
				.withMessageContaining("Duplicate");
			this.connection.rollback();
			write(delete);
		}
		assertThat(status("Com_select")).isEqualTo(before);
	}

	/**
	 * Not every driver tells which it is, by every parameter and after every statement.
	 */
	@ParameterizedTest
	@CsvSource({ "mysql, %s?databaseTerm=SCHEMA,", "mariadb, %s?useCatalogTerm=SCHEMA,", "mysql, '', USE %s" })
	void readsTheCatalogueOfTheDatabaseThatTheConnectionIsIn(String driver, String path, @Nullable String initSql)
			throws SQLException {
		database.execute("CREATE OR REPLACE TABLE plain (v INT NOT NULL) ENGINE = MyISAM",
				"CREATE OR REPLACE TABLE keyed (id VARCHAR(9) PRIMARY KEY)",
				"INSERT INTO keyed VALUES ('0123'), ('123')");
		HikariDataSource application = new HikariDataSource();
		application
			.setJdbcUrl(database.jdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":").replaceFirst("[^/]*$", "")
					+ path.formatted(database.name()));
		application.setUsername(database.username());
		application.setPassword(database.password());
		if (initSql != null) {
			application.setConnectionInitSql(initSql.formatted(database.name()));
		}
		try (application;
				SinkDataSource sinkSource = new SinkDataSource(application, 1, Duration.ofSeconds(3),
						Duration.ofSeconds(5), LoadData.AUTO);
				Connection own = sinkSource.pool().getConnection()) {
			this.sink.write(own, List.of(Row.delete("keyed").key("id", 123)));
			own.commit();
			assertThat(jdbc.sql("SELECT id FROM keyed").query(String.class).list()).containsExactly("0123");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> this.sink.write(own, List.of(Row.insert("plain").set("v", 1))))
				.withMessageContaining("MyISAM");
			own.rollback();
		}
	}

	@Test
	void writesNothingToATableWithoutTransactionsThatWasMissingBefore() throws SQLException {
		database.execute("DROP TABLE IF EXISTS plain");
		List<Row> insert = List.of(Row.insert("plain").set("v", 1));
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> write(insert)).withMessageContaining("plain");
		database.execute("CREATE TABLE plain (v INT NOT NULL) ENGINE = MyISAM");
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> write(insert)).withMessageContaining("MyISAM");
		assertThat(count("plain")).isZero();
	}

	/**
	 * What was written before would stay when the batch is rolled back.
	 */
	@ParameterizedTest
	@CsvSource({ "MyISAM, Convert it: ALTER TABLE `plain` ENGINE = InnoDB",
			"Aria, Convert it: ALTER TABLE `plain` ENGINE = InnoDB",
			"MEMORY, Convert it: ALTER TABLE `plain` ENGINE = InnoDB", "CSV, Write to a table of InnoDB instead" })
	void writesNothingToATableWithoutTransactions(String engine, String advice) throws SQLException {
		database.execute("CREATE OR REPLACE TABLE plain (v INT NOT NULL) ENGINE = " + engine);
		List<SqlStatement> rows = new ArrayList<>();
		rows.add(Row.insert("item").set("id", 1).set("name", "before"));
		for (Object value : Arrays.asList(1, "abc", null)) {
			rows.add(Row.insert("plain").set("v", value));
		}
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> write(rows))
			.withMessageContaining("'plain'")
			.withMessageContaining(engine)
			.withMessageEndingWith(advice)
			.satisfies(
					(ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex)).isEqualTo(FailureKind.OPERATOR));
		assertThat(count("plain")).isZero();
		database.execute("ALTER TABLE plain ENGINE = InnoDB");
		write(rows.subList(0, 2));
		assertThat(count("plain")).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1e999999999", "-1e1101", "1e-1101", "0e-999999999" })
	void refusesANumberWhoseDigitsCouldFillTheMemory(String text) {
		BigDecimal number = new BigDecimal(text);
		assertThatIllegalArgumentException().isThrownBy(() -> write(List.of(Row.insert("note").set("text", number))))
			.withMessageContaining("1100 digits");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> write(List.of(SqlStatement.of("INSERT INTO note (text) VALUES (?)", number))))
			.withMessageContaining("1100 digits");
	}

	@Test
	void doesNotFillMissingValuesFromTheEventBefore() {
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> write(List.of(SqlStatement.of("INSERT INTO item (id, name) VALUES (?, ?)", 1, "private"),
					SqlStatement.of("INSERT INTO item (id, name) VALUES (?, ?)", 2))));
	}

	@Test
	void splitsStatementsThatWouldBecomeTooLarge() throws SQLException {
		List<Row> rows = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			rows.add(Row.insert("note").set("text", "x".repeat(3_000_000)));
		}
		write(rows);
		assertThat(count("note")).isEqualTo(8);
	}

	@Test
	void splitsStatementsByTheDigitsOfTheirNumbers() throws SQLException {
		BigDecimal number = new BigDecimal("1e-1000");
		List<Row> rows = Collections.nCopies(3000, Row.insert("note").set("text", number));
		long before = statements();
		new JdbcSink(5000).write(this.connection, rows);
		assertThat(statements() - before).isEqualTo(3);
		this.connection.rollback();
	}

	private void write(List<? extends SqlStatement> statements) throws SQLException {
		this.sink.write(this.connection, statements);
		this.connection.commit();
	}

	private static List<String> texts() {
		return jdbc.sql("SELECT text FROM note").query(String.class).list();
	}

	private Map<String, Object> item() {
		return jdbc.sql("SELECT name, version FROM item").query().singleRow();
	}

	private long count(String table) {
		return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	private long statements() throws SQLException {
		return status("Com_insert");
	}

	private long status(String name) throws SQLException {
		try (var statement = this.connection.createStatement();
				var result = statement.executeQuery("SHOW SESSION STATUS LIKE '" + name + "'")) {
			result.next();
			return result.getLong(2);
		}
	}

}
