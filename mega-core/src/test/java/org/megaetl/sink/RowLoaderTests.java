package org.megaetl.sink;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.sql.Row;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests that rows that are loaded are stored as if they were inserted, and refused if
 * they would be.
 */
@ExtendWith(OutputCaptureExtension.class)
class RowLoaderTests extends ManyRowsContractTests {

	@RegisterExtension
	static ItemTable item = new ItemTable("mysql");

	RowLoaderTests() {
		super(item, "Com_load");
	}

	/**
	 * Each value by itself, in a column of each type.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			STRICT_TRANS_TABLES                                             ; .*
			NO_ZERO_DATE,NO_ZERO_IN_DATE,TIME_ROUND_FRACTIONAL,ANSI_QUOTES  ; (DATE|TIME|CHAR).*
			""")
	void storesAndRefusesWhatAnInsertDoes(String mode, String types) throws SQLException {
		int stored = assertThatTheSameIsStored(mode, types, EveryValue.values(), false,
				() -> new JdbcSink(1000, null, (catalogue) -> new RowLoader(catalogue, 1, 0)));
		// most of it was loaded, or this would compare inserts with inserts
		assertThat(writes() - item.status("Com_rollback_to_savepoint")).isGreaterThan(stored / 3);
	}

	/**
	 * What loading only remarks on, or not even that. Without the look at the catalogue
	 * and at the remarks, each of these would be stored as something else or left out.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			v INT NOT NULL                             | NULL       | 1048 | 0
			v VARCHAR(9) NOT NULL DEFAULT 'x'          | NULL       | 1048 | 0
			v DATETIME NOT NULL                        | NULL       | 1048 | 0
			v INT, missing INT NOT NULL                | 1          | 1364 | 0
			v INT UNIQUE, w INT AS (v + 1) VIRTUAL     | 7          | 1062 | 0
			v ENUM('ab')                               | b          | 1265 | 0
			v TINYINT                                  | 300        | 1264 | 1
			v DECIMAL(3,1)                             | 1234.5     | 1264 | 1
			v VARCHAR(3)                               | abcd       | 1406 | 1
			v VARCHAR(9) CHARACTER SET latin1          | \u4e16     | 1366 | 1
			v INT                                      | ''         | 1366 | 1
			v INT                                      | 12abc      | 1265 | 1
			v DATE                                     | ''         | 1292 | 1
			v DATE                                     | 2026-02-30 | 1292 | 1
			v TIMESTAMP NULL                           | 2222-01-01 | 1292 | 1
			v INT UNIQUE                               | 7          | 1062 | 1
			v LONGTEXT UNIQUE                          | 7          | 1062 | 1
			v INT CHECK (v >= 0)                       | -1         | 4025 | 1
			v JSON                                     | {x         | 4025 | 1
			v INT, FOREIGN KEY (v) REFERENCES parent (id) | 9999    | 1452 | 1
			""")
	void refusesWhatLoadingWouldNot(String columns, String bad, int code, int loads) throws SQLException {
		item.createWithParent("id INT, " + columns);
		String value = bad.equals("NULL") ? null : bad;
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item
				.write((i) -> item.row().set("id", i).set("v", (i == 100) ? value : good(columns.split("[, ]")[1], i))))
			.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(code));
		assertThat(writes()).isEqualTo(loads);
		item.connection().commit();
		assertThat(item.rows()).isEmpty();
	}

	private static Object good(String type, int i) {
		return switch (type.replaceAll("\\(.*", "")) {
			case "DATE", "TIMESTAMP", "DATETIME" -> "2026-01-01";
			case "JSON" -> "{}";
			case "VARCHAR", "ENUM" -> "ab";
			case "TINYINT", "DECIMAL" -> 1;
			default -> i;
		};
	}

	@Test
	void refusesWhatATriggerRefuses() throws SQLException {
		item.create("id INT, v VARCHAR(3)");
		item.database()
			.execute("CREATE TABLE IF NOT EXISTS audit (v VARCHAR(3))",
					"CREATE TRIGGER audited AFTER INSERT ON item FOR EACH ROW INSERT INTO audit VALUES (CONCAT(NEW.v, 'd'))");
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item.write((i) -> item.row().set("id", i).set("v", (i == 50) ? "abc" : "ab")))
			.withMessageContaining("Data too long");
		assertThat(writes()).isZero();
	}

	@Test
	void insertsIntoAView() throws SQLException {
		item.create("id INT, v VARCHAR(3)");
		item.database().execute("CREATE OR REPLACE VIEW seen AS SELECT * FROM item");
		item.write((i) -> Row.insert("seen").set("id", i).set("v", "ab"));
		assertThat(writes()).isZero();
		assertThat(item.rows()).hasSize(ROWS);
	}

	@Test
	void refusesARowThatSetsAColumnTwice() throws SQLException {
		item.create("id INT");
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item.write((i) -> item.row().set("id", i).set("ID", i + 1)))
			.withMessageContaining("specified twice");
	}

	@Test
	void insertsForAWhileAfterRowsWereRefused() throws SQLException {
		item.create("id INT, v DECIMAL(3,1)");
		BigDecimal rounded = new BigDecimal("1.25");
		for (int batch = 0; batch < 18; batch++) {
			item.write((i) -> item.row().set("id", i).set("v", rounded));
		}
		assertThat(writes()).isEqualTo(2);
		for (int batch = 0; batch < 33; batch++) {
			item.write((i) -> item.row().set("id", i).set("v", 1));
		}
		assertThat(writes()).isEqualTo(3);
		item.write((i) -> item.row().set("id", i).set("v", 1));
		assertThat(writes()).isEqualTo(4);
		assertThat(item.rows()).hasSize(52 * ROWS).containsOnly("1.3", "1.0");
	}

	@Test
	void noticesThatTheTableHasChangedWhenAStatementFails() throws SQLException {
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		item.database().execute("ALTER TABLE item ADD v INT NOT NULL");
		for (int batch = 0; batch < 2; batch++) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.write((i) -> item.row().set("id", i)))
				.withMessageContaining("default value");
			item.connection().rollback();
		}
		assertThat(item.rows()).hasSize(ROWS);
	}

	/**
	 * Without a look at the definition right before, each of these would be stored as
	 * something else.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			INT           | ENUM('a', 'b', '2', '1')      | 2    | b
			INT           | SET('a', 'b', '2', '1')       | 2    | b
			DOUBLE        | VARCHAR(30)                   | 1E10 | 10000000000
			""")
	void noticesThatTheTableHasChanged(String type, String changed, double value, String stored) throws SQLException {
		item.create("v " + type);
		Object bound = (value == 1e10) ? value : (Object) (int) value;
		item.write((i) -> item.row().set("v", bound));
		assertThat(writes()).isEqualTo(1);
		item.database().execute("TRUNCATE TABLE item", "ALTER TABLE item MODIFY v " + changed);
		item.write((i) -> item.row().set("v", bound));
		assertThat(writes()).isEqualTo(1);
		assertThat(item.rows()).hasSize(ROWS).containsOnly(stored);
	}

	/**
	 * Inserted, they would be stored twice if the batch is tried again.
	 */
	@Test
	void refusesRowsOfATableThatHasLostItsTransactions() throws SQLException {
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		item.database().execute("TRUNCATE TABLE item", "ALTER TABLE item ENGINE = MyISAM");
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.write((i) -> item.row().set("id", i)))
			.withMessageContaining("its storage engine MyISAM has no transactions");
		assertThat(writes()).isEqualTo(1);
		assertThat(item.rows()).isEmpty();
	}

	@Test
	void loadsAgainOnceTheChangeIsKnown() throws SQLException {
		item.create("id INT AUTO_INCREMENT PRIMARY KEY, v INT");
		for (int batch = 0; batch < 3; batch++) {
			item.write((i) -> item.row().set("v", i));
		}
		assertThat(writes()).isEqualTo(3);
		item.database().execute("ALTER TABLE item ADD w INT");
		for (int batch = 0; batch < 2; batch++) {
			item.write((i) -> item.row().set("v", i));
		}
		assertThat(writes()).isEqualTo(4);
		assertThat(item.rows()).hasSize(5 * ROWS);
	}

	@Test
	void insertsWithoutTheRightToReadTheTable() throws SQLException {
		item.create("id INT");
		item.database()
			.execute("CREATE OR REPLACE USER writer IDENTIFIED BY 'w'",
					"GRANT INSERT ON %s.item TO writer".formatted(item.database().name()));
		try (HikariDataSource user = new HikariDataSource()) {
			user.setJdbcUrl(item.database().jdbcUrl());
			user.setUsername("writer");
			user.setPassword("w");
			try (SinkDataSource others = new SinkDataSource(user, 1, Duration.ofSeconds(3), Duration.ofSeconds(5),
					LoadData.AUTO); Connection other = others.pool().getConnection()) {
				item.sink().write(other, IntStream.range(0, ROWS).mapToObj((i) -> item.row().set("id", i)).toList());
				other.commit();
			}
		}
		assertThat(item.rows()).hasSize(ROWS);
	}

	@Test
	void loadsLargeRowsInSeveralTextsAndTakesAllOfThemBack() throws SQLException {
		item.create("id INT UNIQUE, v LONGTEXT");
		String large = "\u4e16\t\\".repeat(20_000);
		item.write((i) -> item.row().set("id", i).set("v", large));
		assertThat(writes()).isGreaterThan(5);
		assertThat(item.query("SELECT DISTINCT v FROM item")).containsExactly(large);
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item.write((i) -> item.row().set("id", (i == 119) ? 3 : ROWS + i).set("v", large)))
			.withMessageContaining("Duplicate");
		item.connection().commit();
		assertThat(Long.parseLong(item.query("SELECT COUNT(DISTINCT id) FROM item").get(0))).isLessThan(2 * ROWS);
		assertThat(item.query("SELECT id FROM item WHERE id > " + (ROWS + 118))).isEmpty();
	}

	@Test
	void takesBackWhatWasLoadedBeforeAValueThatFails() throws SQLException {
		item.create("id INT, v LONGTEXT");
		String large = "\u4e16".repeat(4000);
		CharSequence value = EveryValue.failing("not now");
		assertThatIllegalStateException()
			.isThrownBy(() -> item.write((i) -> item.row().set("id", i).set("v", (i == 119) ? value : large)))
			.withMessage("not now");
		assertThat(writes()).isEqualTo(1);
		assertThat(item.rows()).isEmpty();
	}

	@Test
	void bindsARowThatIsLargerThanAText() throws SQLException {
		item.create("id INT, v LONGTEXT, w LONGTEXT");
		String large = "\u4e16".repeat(200_000);
		item.write((i) -> item.row().set("id", i).set("v", (i == 5) ? large : "").set("w", (i == 5) ? large : ""));
		assertThat(writes()).isZero();
		assertThat(item.rows()).hasSize(ROWS).contains(large);
	}

	@Test
	void findsTheTableOfAnotherSchema() throws SQLException {
		item.database()
			.execute("CREATE DATABASE IF NOT EXISTS elsewhere", "CREATE OR REPLACE TABLE elsewhere.item (id INT)");
		item.write((i) -> Row.insert("elsewhere.item").set("id", i));
		assertThat(writes()).isEqualTo(1);
		assertThat(item.query("SELECT COUNT(*) FROM elsewhere.item")).containsExactly(String.valueOf(ROWS));
	}

	@Test
	void insertsWhereTheServerDoesNotAllowIt(CapturedOutput output) throws SQLException {
		item.create("id INT");
		item.database().execute("SET GLOBAL local_infile = OFF");
		try {
			item.write((i) -> item.row().set("id", i));
			item.write((i) -> item.row().set("id", i));
			assertThat(writes()).isZero();
			assertThat(output).containsOnlyOnce("not loaded by LOAD DATA: the server's variable local_infile is OFF");
		}
		finally {
			item.database().execute("SET GLOBAL local_infile = ON");
		}
		assertThat(item.rows()).hasSize(2 * ROWS);
	}

	@Test
	void insertsWhenTheServerNoLongerAllowsIt() throws SQLException {
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		item.database().execute("SET GLOBAL local_infile = OFF");
		try {
			item.write((i) -> item.row().set("id", i));
		}
		finally {
			item.database().execute("SET GLOBAL local_infile = ON");
		}
		assertThat(item.rows()).hasSize(2 * ROWS);
	}

	/**
	 * What ProxySQL says holds for all tables, what Galera says only for now.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			Unsupported 'LOAD DATA LOCAL INFILE' command                | 1
			WSREP has not yet prepared this node for application use    | 2
			""")
	void loadsIntoNoTableOnceAProxyHasRefusedTheStatement(String message, int tries, CapturedOutput output)
			throws SQLException {
		item.create("id INT");
		item.database().execute("CREATE OR REPLACE TABLE other (id INT)");
		RefusingProxy proxy = new RefusingProxy(item.connection(), message);
		for (String table : List.of("item", "other")) {
			List<Row> rows = IntStream.range(0, ROWS).mapToObj((i) -> Row.insert(table).set("id", i)).toList();
			try {
				item.sink().write(proxy.connection(), rows);
			}
			catch (SQLException ex) {
				item.connection().rollback();
				item.sink().write(proxy.connection(), rows);
			}
			item.connection().commit();
			assertThat(item.query("SELECT * FROM " + table)).hasSize(ROWS);
		}
		assertThat(proxy.refusals()).isEqualTo(tries);
		assertThat(output.toString().contains("not loaded by LOAD DATA: it is refused (" + message + ")"))
			.isEqualTo(tries == 1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			?allowLoadLocalInfile=false   | allowLoadLocalInfileInPath is not set
			?characterEncoding=ISO-8859-1 | the connection's characterEncoding is ISO-8859-1
			?useServerPrepStmts=true      | useServerPrepStmts
			?sendFractionalSeconds=false  | fractions of seconds are not rounded
			?sessionVariables=sql_mode='NO_BACKSLASH_ESCAPES' | in the mode NO_BACKSLASH_ESCAPES
			?sessionVariables=sql_mode='EMPTY_STRING_IS_NULL' | in the mode EMPTY_STRING_IS_NULL
			?connectionCollation=utf8mb3_general_ci           | character_set_client is utf8mb3
			""")
	void insertsWhereTheUsersParametersMatter(String parameters, String reason, CapturedOutput output)
			throws SQLException {
		item.reconnect(parameters);
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		assertThat(writes()).isZero();
		assertThat(item.rows()).hasSize(ROWS);
		assertThat(output).contains(reason);
	}

	/**
	 * A text of a statement is converted to the session's character set first.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			SET NAMES latin1                        | character_set_client is latin1
			SET character_set_connection = latin1   | character_set_connection is latin1
			SET sql_mode = 'NO_BACKSLASH_ESCAPES'   | in the mode NO_BACKSLASH_ESCAPES
			""")
	void insertsWhereTheUsersInitialSqlMatters(String sql, String reason, CapturedOutput output) throws SQLException {
		item.create("v VARCHAR(20)");
		try (Statement statement = item.connection().createStatement()) {
			statement.execute(sql);
			item.write((i) -> item.row().set("v", "\\\u4e16"));
			List<String> loaded = item.rows();
			new JdbcSink(1000).write(item.connection(), List.of(item.row().set("v", "\\\u4e16")));
			assertThat(item.rows()).hasSize(ROWS + 1).containsOnly(loaded.get(0));
			assertThat(output).contains(reason);
		}
	}

	@Test
	void refusesARowWithoutColumns() {
		item.create("id INT");
		assertThatIllegalStateException().isThrownBy(() -> item.write((i) -> item.row()))
			.withMessage("A row for table 'item' has no columns");
	}

	@Test
	void insertsWithAnotherDriver(CapturedOutput output) throws SQLException {
		item.create("id DOUBLE");
		try (HikariDataSource mariadb = new HikariDataSource()) {
			mariadb.setJdbcUrl(item.database().jdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:"));
			mariadb.setUsername(item.database().username());
			mariadb.setPassword(item.database().password());
			try (SinkDataSource others = new SinkDataSource(mariadb, 1, Duration.ofSeconds(3), Duration.ofSeconds(5),
					LoadData.AUTO); Connection other = others.pool().getConnection()) {
				item.sink()
					.write(other, IntStream.range(0, ROWS).mapToObj((i) -> item.row().set("id", i / 2.0)).toList());
				other.commit();
			}
		}
		assertThat(item.rows()).hasSize(ROWS);
		assertThat(output).contains("the driver is not MySQL Connector/J");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?allowUrlInLocalInfile=true" })
	void theServerIsGivenNothingButRows(String parameters) throws SQLException {
		item.reconnect(parameters);
		item.create("v VARCHAR(200)");
		assertThatNoFileIsGiven();
		int before = writes();
		item.write((i) -> item.row().set("v", "n" + i));
		assertThat(writes()).isEqualTo(before + 1);
		assertThatNoFileIsGiven();
		assertThat(item.rows()).hasSize(ROWS).allMatch((value) -> value.startsWith("n"));
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item.write((i) -> item.row().set("v", "n".repeat(2 * i))));
		assertThatNoFileIsGiven();
	}

	private void assertThatNoFileIsGiven() throws SQLException {
		for (String name : List.of("/etc/hostname", "pom.xml", "mega", "", "file:///etc/hostname")) {
			try (Statement statement = item.connection().createStatement()) {
				// a server may ask for a file whatever the statement is
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> statement.execute("LOAD DATA LOCAL INFILE '" + name + "' INTO TABLE item"))
					.withMessageContaining("allowLoadLocalInfileInPath");
			}
		}
		item.connection().rollback();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Records: 3  Deleted: 0  Skipped: 0  Warnings: 0                     | true
			Datens\u00e4tze: 3  Gel\u00f6scht: 0  Ausgelassen: 0  Warnungen: 0  | true
			Records: 3  Deleted: 0  Skipped: 0  Warnings: 65536                 | false
			Records: 3  Deleted: 0  Skipped: 1  Warnings: 0                     | false
			Records: 3  Deleted: 1  Skipped: 0  Warnings: 0                     | false
			Records: 2  Deleted: 0  Skipped: 0  Warnings: 0                     | false
			Records: 3                                                          | false
			                                                                    | false
			""")
	void takesNothingForCleanThatIsNot(@Nullable String info, boolean clean) {
		assertThat(LocalInfile.remarks(info, 3) == 0).isEqualTo(clean);
	}

}
