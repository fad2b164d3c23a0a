package org.megaetl.sink;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests that rows that are sent in bulk are stored as if they were inserted by one
 * statement, and refused if they would be.
 */
class BulkInserterTests extends ManyRowsContractTests {

	/** Of which the driver puts any byte into a statement, and a question mark here. */
	private static final String HALF_A_CHARACTER = "\ud83d";

	@RegisterExtension
	static ItemTable item = new ItemTable("mariadb");

	BulkInserterTests() {
		// nothing else is prepared by the server
		super(item, "Com_stmt_execute");
	}

	/**
	 * Each value by itself, in a column of each type.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			STRICT_TRANS_TABLES                                             ; .*                    ; false
			STRICT_TRANS_TABLES                                             ; .*                    ; true
			NO_ZERO_DATE,NO_ZERO_IN_DATE,TIME_ROUND_FRACTIONAL,ANSI_QUOTES  ; (DATE|TIME|CHAR).*    ; false
			EMPTY_STRING_IS_NULL,NO_BACKSLASH_ESCAPES                       ; (VARCHAR|BLOB|ENUM).* ; false
			""")
	void storesAndRefusesWhatAnInsertDoes(String mode, String types, boolean nulls) throws SQLException {
		List<@Nullable Object> values = EveryValue.values();
		values.remove(HALF_A_CHARACTER);
		int stored = assertThatTheSameIsStored(mode, types, values, nulls,
				() -> new JdbcSink(1000, new BulkInserter(1, 0), (catalogue) -> null));
		// most of it was sent in bulk, or this would compare inserts with inserts
		assertThat(writes() - item.status("Com_rollback_to_savepoint")).isGreaterThan(stored / 2);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			v INT NOT NULL                  | NULL       | 1048
			v TINYINT                       | 300        | 1264
			v VARCHAR(3)                    | 1234       | 1406
			v DATE                          | 2026-02-30 | 1292
			v INT UNIQUE                    | 7          | 1062
			v INT CHECK (v >= 0)            | -1         | 4025
			v INT, FOREIGN KEY (v) REFERENCES parent (id) | 9999 | 1452
			""")
	void leavesNoTraceOfRefusedRows(String columns, String bad, int code) throws SQLException {
		item.createWithParent("id INT, " + columns);
		String value = bad.equals("NULL") ? null : bad;
		IntFunction<Object> good = (i) -> columns.startsWith("v DATE") ? "2026-01-01" : i;
		item.sink().write(item.connection(), List.of(item.row().set("id", -1).set("v", good.apply(ROWS))));
		List<Row> rows = IntStream.range(0, ROWS)
			.mapToObj((i) -> item.row().set("id", i).set("v", (i == 100) ? number(value) : good.apply(i)))
			.toList();
		assertThat(item.sink().isSingleStatement(item.connection(), rows)).isTrue();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.sink().write(item.connection(), rows))
			.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(code))
			.satisfies((ex) -> assertThat(SqlFailure.of(ex)).isNotNull());
		assertThat(writes()).isEqualTo(1);
		item.connection().commit();
		assertThat(item.query("SELECT id FROM item")).containsExactly("-1");
	}

	private static @Nullable Object number(@Nullable String value) {
		return (value != null && value.matches("-?\\d+")) ? (Object) Integer.valueOf(value) : value;
	}

	@Test
	void sendsLargeRowsInSeveralBatchesAndTakesAllOfThemBack() throws SQLException {
		item.create("id INT, v LONGTEXT NOT NULL");
		String large = "\u4e16\t\\".repeat(20_000);
		item.write((i) -> item.row().set("id", i).set("v", large));
		assertThat(writes()).isGreaterThan(5);
		assertThat(item.query("SELECT DISTINCT v FROM item")).containsExactly(large);
		List<Row> rows = IntStream.range(ROWS, 2 * ROWS)
			.mapToObj((i) -> item.row().set("id", i).set("v", (i == 2 * ROWS - 1) ? null : large))
			.toList();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.sink().write(item.connection(), rows))
			.withMessageContaining("cannot be null");
		// what is before the bad one was inserted once more, by statements
		assertThat(item.query("SELECT COUNT(DISTINCT id) > 120 AND COUNT(DISTINCT id) = COUNT(*) FROM item"))
			.containsExactly("1");
	}

	@Test
	void takesBackWhatWasSentBeforeAValueThatFails() throws SQLException {
		item.create("v LONGTEXT, id INT");
		String large = "n".repeat(20_000);
		CharSequence value = EveryValue.failing("not now");
		assertThatIllegalStateException()
			.isThrownBy(() -> item.write((i) -> item.row().set("id", i).set("v", (i == 119) ? value : large)))
			.withMessage("not now");
		assertThat(writes()).isPositive();
		assertThat(item.rows()).doesNotHaveDuplicates();
	}

	/**
	 * One type each column: numbers that are not all integers, or among NULLs, are
	 * decimals, and texts among numbers are left to a statement.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			VARCHAR(20)   | 1, 2.50, NULL, true | 1
			DECIMAL(20,4) | NULL, NULL, 7, 1e3  | 1
			INT           | NULL, 3, NULL, 4    | 1
			VARCHAR(20)   | 1, 'a', 2, 3        | 0
			DOUBLE        | 1, 0.5d, 2, 3       | 0
			""")
	void sendsOneTypeEachColumn(String type, String values, int bulks) throws SQLException {
		item.create("id INT PRIMARY KEY, v " + type + ", w " + type);
		List<@Nullable Object> all = new ArrayList<>();
		for (String value : values.split(", ")) {
			all.add(parse(value));
		}
		List<Row> rows = IntStream.range(0, ROWS)
			.mapToObj((i) -> item.row().set("id", i).set("v", all.get(i % 4)).set("w", all.get((i + 1) % 4)))
			.toList();
		item.sink().write(item.connection(), rows);
		item.connection().commit();
		assertThat(writes()).isEqualTo(bulks);
		List<String> sent = item.query("SELECT CONCAT_WS('/', id, v, w) FROM item ORDER BY id");
		item.connection().commit();
		item.database().execute("TRUNCATE TABLE item");
		new JdbcSink(1000).write(item.connection(), rows);
		item.connection().commit();
		assertThat(item.query("SELECT CONCAT_WS('/', id, v, w) FROM item ORDER BY id")).isEqualTo(sent);
	}

	private static @Nullable Object parse(String value) {
		return switch (value) {
			case "NULL" -> null;
			case "true" -> true;
			case "0.5d" -> 0.5d;
			default -> value.startsWith("'") ? value
					: value.matches("\\d") ? (Object) Integer.parseInt(value) : new BigDecimal(value);
		};
	}

	@Test
	void numbersRowsInTheirOrderAndFillsInDefaults() throws SQLException {
		item.create("id INT AUTO_INCREMENT PRIMARY KEY, d INT DEFAULT 7, v INT");
		for (int batch = 0; batch < 2; batch++) {
			item.write((i) -> item.row().set("v", i));
		}
		assertThat(writes()).isEqualTo(2);
		assertThat(item.query("SELECT v FROM item ORDER BY id"))
			.isEqualTo(IntStream.range(0, 2 * ROWS).mapToObj((i) -> String.valueOf(i % ROWS)).toList());
		assertThat(item.query("SELECT DISTINCT d FROM item")).containsExactly("7");
	}

	@Test
	void leavesNoTraceOfWhatATriggerDoes() throws SQLException {
		item.create("id INT, v VARCHAR(3)");
		item.database()
			.execute("CREATE OR REPLACE TABLE audit (v VARCHAR(3))",
					"CREATE TRIGGER audited AFTER INSERT ON item FOR EACH ROW INSERT INTO audit VALUES (CONCAT(NEW.v, 'd'))");
		item.write((i) -> item.row().set("id", i).set("v", "ab"));
		assertThat(writes()).isEqualTo(1);
		List<Row> rows = IntStream.range(0, ROWS)
			.mapToObj((i) -> item.row().set("id", i).set("v", (i == 50) ? "abc" : "ab"))
			.toList();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.sink().write(item.connection(), rows))
			.withMessageContaining("Data too long");
		assertThat(writes()).isEqualTo(2);
		item.connection().commit();
		assertThat(item.rows()).hasSize(ROWS);
		assertThat(item.query("SELECT v FROM audit")).hasSize(ROWS).containsOnly("abd");
	}

	@Test
	void insertsForAWhileAfterRowsWereRefused() throws SQLException {
		item.create("id INT PRIMARY KEY");
		item.write((i) -> item.row().set("id", i));
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.write((i) -> item.row().set("id", i)));
		item.connection().rollback();
		assertThat(writes()).isEqualTo(2);
		for (int batch = 1; batch <= 16; batch++) {
			int first = batch * ROWS;
			item.write((i) -> item.row().set("id", first + i));
		}
		assertThat(writes()).isEqualTo(2);
		item.write((i) -> item.row().set("id", i - ROWS));
		assertThat(writes()).isEqualTo(3);
		assertThat(item.rows()).hasSize(18 * ROWS);
	}

	@Test
	void insertsUpsertsByStatements() throws SQLException {
		item.create("id INT PRIMARY KEY, v INT");
		for (int batch = 0; batch < 2; batch++) {
			int value = batch;
			item.write((i) -> Row.upsert("item").key("id", i).set("v", value));
		}
		assertThat(writes()).isZero();
		assertThat(item.rows()).hasSize(ROWS).containsOnly("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "useBulkStmtsForInserts=false", "useBulkStmts=false", "useServerPrepStmts=true",
			"USEBULKSTMTSFORINSERTS=false", "useMysqlMetadata=true" })
	void insertsWhereTheUsersParametersMatter(String parameter) throws SQLException {
		item.reconnect("?connectTimeout=9000&" + parameter);
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		assertThat(item.status("Com_savepoint")).isZero();
		assertThat(item.rows()).hasSize(ROWS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rewriteBatchedStatements=true", "useBulkStmts=true", "disablePipeline=true",
			"allowLocalInfile=true", "cachePrepStmts=false" })
	void sendsInBulkWithOtherParameters(String parameter) throws SQLException {
		item.reconnect("?" + parameter);
		item.create("id INT");
		item.write((i) -> item.row().set("id", i));
		item.write((i) -> item.row().set("id", i));
		assertThat(writes()).isEqualTo(2);
		assertThat(item.rows()).hasSize(2 * ROWS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET NAMES utf8mb3", "SET character_set_connection = latin1",
			"SET sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'" })
	void storesWhatAnInsertDoesWhateverTheUsersInitialSqlIs(String sql) throws SQLException {
		item.create("v VARCHAR(20)");
		try (Statement statement = item.connection().createStatement()) {
			statement.execute(sql);
			new JdbcSink(1000).write(item.connection(), List.of(item.row().set("v", "\\'\u00fc\u00df")));
			List<String> inserted = item.rows();
			item.write((i) -> item.row().set("v", "\\'\u00fc\u00df"));
			assertThat(writes()).isEqualTo(1);
			assertThat(item.rows()).hasSize(ROWS + 1).containsOnly(inserted.get(0));
		}
	}

	@Test
	void saysThatRowsWaitedForALockInVain() throws SQLException {
		item.create("id INT PRIMARY KEY");
		try (Connection other = item.database().dataSource().getConnection();
				Statement statement = other.createStatement();
				Statement own = item.connection().createStatement()) {
			other.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (100)");
			own.execute("SET SESSION innodb_lock_wait_timeout = 1");
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> item.write((i) -> item.row().set("id", i)))
				.satisfies(
						(ex) -> assertThat(SqlFailure.of(ex)).extracting(SqlFailure::isLockConflict).isEqualTo(true));
			// it is for the caller to try again
			assertThat(writes()).isEqualTo(1);
			assertThat(item.status("Com_rollback_to_savepoint")).isZero();
			other.rollback();
		}
	}

}
