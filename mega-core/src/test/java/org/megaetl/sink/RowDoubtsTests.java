package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import com.mysql.cj.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import tools.jackson.databind.node.NullNode;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of which rows the sink doubts, and that nothing is written then.
 */
class RowDoubtsTests {

	private static final int ROWS = ItemTable.ROWS;

	@RegisterExtension
	static ItemTable item = new ItemTable("mysql");

	/**
	 * A doubt costs a batch its place if it is wrong.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "TINYINT", "TINYINT UNSIGNED", "SMALLINT", "MEDIUMINT", "MEDIUMINT UNSIGNED", "INT",
			"INT UNSIGNED", "INT(8) ZEROFILL", "BIGINT", "BIGINT UNSIGNED", "BOOLEAN NOT NULL", "DECIMAL(5,2)",
			"DECIMAL(4,4)", "DECIMAL(30,0)", "VARCHAR(3)", "CHAR(3) NOT NULL", "VARCHAR(3) CHARACTER SET utf8mb3",
			"VARCHAR(3) CHARACTER SET latin1", "VARCHAR(3) CHARACTER SET utf16", "CHAR(3) CHARACTER SET latin1",
			"TINYTEXT", "TINYTEXT CHARACTER SET latin1", "TINYTEXT CHARACTER SET utf16", "DATETIME NOT NULL",
			"TIMESTAMP NOT NULL", "INT NOT NULL DEFAULT 3", "INT AUTO_INCREMENT PRIMARY KEY", "DOUBLE",
			"ENUM('a') NOT NULL" })
	void whatIsDoubtedIsRefusedForItsValue(String type) throws SQLException {
		item.create("v " + type);
		LoadColumn column = LoadTable.read(item.connection(), "item").known(List.of("v"))[0];
		int doubted = 0;
		for (Object value : values()) {
			boolean refuses = column != null && column.refuses(value);
			doubted += refuses ? 1 : 0;
			SqlFailure failure = refusal(row(value));
			boolean refused = failure != null && failure.isOfValue();
			assertThat(refused || !refuses).as("%s %s", type, value).isTrue();
			if (value instanceof Number && !type.contains("DECIMAL") && !type.matches(".*(CHAR|TEXT|ENUM|TIME).*")
					&& !(value instanceof BigDecimal)) {
				assertThat(refuses).as("%s %s", type, value).isEqualTo(refused);
			}
		}
		assertThat(doubted > 0).isEqualTo(!type.matches("BIGINT|TIMESTAMP NOT NULL|DOUBLE|ENUM.*"));
	}

	private static List<@Nullable Object> values() {
		return Arrays.asList(null, NullNode.getInstance(), 0, (byte) -1, (short) 127, 128, -128, -129, 255, 256, 32_767,
				32_768, -32_769, 8_388_607, 8_388_608, 16_777_215, 16_777_216, Integer.MAX_VALUE, Integer.MIN_VALUE,
				2_147_483_648L, -2_147_483_649L, 4_294_967_295L, 4_294_967_296L, Long.MAX_VALUE, Long.MIN_VALUE,
				new BigDecimal("999.99"), new BigDecimal("1000"), new BigDecimal("-1000.00"), new BigDecimal("0"),
				new BigDecimal("0E+9"), new BigDecimal("0.12345"), new BigDecimal("1E+3"), new BigDecimal("1E+30"), "",
				"abc", "abc   ", "abcd", "abcd ", "abc\t", "abc\n", "abc \r\n\u000b\f ", "abc\u00a0", "abc\u3000",
				"x".repeat(255) + " \n", "x".repeat(127) + "\t", "abc\0", "abc\u0085", "abc\u001f", "\ud83d\ude00bc",
				"\ud83d\ude00bcd", "x".repeat(255), "x".repeat(256));
	}

	private @Nullable SqlFailure refusal(Row row) {
		try {
			item.sink().write(item.connection(), List.of(row));
			item.connection().rollback();
			return null;
		}
		catch (SQLException ex) {
			return SqlFailure.of(ex);
		}
	}

	@Test
	void writesNothingWhereTheCatalogueTellsOfARow() throws SQLException {
		item.create("id INT, v VARCHAR(3)");
		Row[] rows = rows((i) -> item.row().set("id", i).set("v", (i == 50) ? "abcd" : "ab"));
		assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).containsExactly(rows[50]);
		assertThat(stored()).isZero();
		assertThat(item.sink().tryWrite(item.connection(), without(rows, Set.of(rows[50])))).isEmpty();
		assertThat(stored()).isEqualTo(ROWS - 1);
	}

	@Test
	void writesNothingWhereTheServerRemarksOnARowOfTheSecondShape() throws SQLException {
		item.create("id INT, v DATE");
		Row[] rows = rows((i) -> (i < ROWS) ? item.row().set("id", i)
				: item.row().set("id", i).set("v", (i == 200) ? "2026-02-30" : "2026-02-28"), 2 * ROWS);
		assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).containsExactly(rows[200]);
		assertThat(stored()).isZero();
		assertThat(item.sink().tryWrite(item.connection(), without(rows, Set.of(rows[200])))).isEmpty();
		assertThat(stored()).isEqualTo(2 * ROWS - 1);
	}

	/**
	 * An INSERT stores it, so that it would be doubted in vain.
	 */
	@Test
	void insertsRowsThatTheServerHasOnlyANoteOn() throws SQLException {
		item.create("v DECIMAL(5,2)");
		Row[] rows = rows((i) -> row(new BigDecimal((i == 50) ? "1.005" : "1.00")));
		assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).isEmpty();
		assertThat(stored()).isEqualTo(ROWS);
	}

	/**
	 * The rows that are lost with the connection are not the fault of one of them.
	 */
	@Test
	void saysThatTheConnectionWasLostBetweenTwoLoads() throws SQLException {
		item.create("v DATE");
		Row[] rows = rows((i) -> row((i == 50) ? "2026-02-30" : "2026-02-28"));
		Set<SqlStatement> doubted = item.sink().tryWrite(item.connection(), List.of(rows));
		assertThat(doubted).containsExactly(rows[50]);
		item.database().execute("KILL " + item.connection().unwrap(JdbcConnection.class).getId());
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> item.sink().tryWrite(item.connection(), without(rows, doubted)))
			.satisfies((ex) -> assertThat(Objects.requireNonNull(SqlFailure.of(ex)).isCutOff()).isTrue());
		assertThat(stored()).isZero();
	}

	@Test
	void doubtsNoRowsForAWhileOnceItWasInVain() throws SQLException {
		item.create("v VARCHAR(3)");
		Row[] rows = rows((i) -> row((i == 50) ? "abcd" : "ab"));
		Set<SqlStatement> doubted = item.sink().tryWrite(item.connection(), List.of(rows));
		assertThat(doubted).hasSize(1);
		item.connection().rollback();
		item.sink().doubted(doubted, false);
		item.database().execute("ALTER TABLE item MODIFY v VARCHAR(9)");
		for (int batch = 1; batch <= 16; batch++) {
			assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).isEmpty();
			item.connection().commit();
		}
		item.database().execute("DELETE FROM item", "ALTER TABLE item MODIFY v VARCHAR(3)");
		assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).hasSize(1);
	}

	/**
	 * What was in vain long ago does not make the next pause longer.
	 */
	@Test
	void doubtsAgainSoonerOnceItWasNotInVain() throws SQLException {
		item.create("v VARCHAR(3)");
		Row[] rows = rows((i) -> row((i == 50) ? "abcd" : "ab"));
		for (int time = 0; time < 2; time++) {
			Set<SqlStatement> doubted = item.sink().tryWrite(item.connection(), List.of(rows));
			assertThat(doubted).hasSize(1);
			item.sink().doubted(doubted, true);
			item.sink().doubted(doubted, false);
			for (int batch = 1; batch <= 16; batch++) {
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> item.sink().tryWrite(item.connection(), List.of(rows)));
			}
		}
		assertThat(item.sink().tryWrite(item.connection(), List.of(rows))).hasSize(1);
	}

	@Test
	void insertsWhereTheCatalogueCannotBeRead() throws SQLException {
		item.create("v VARCHAR(3)");
		Connection blind = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("prepareStatement")
							&& ((String) arguments[0]).contains("information_schema")) {
						throw new SQLSyntaxErrorException("Unknown column 'GENERATION_EXPRESSION'", "42S22", 1054);
					}
					return method.invoke(item.connection(), arguments);
				});
		assertThat(item.sink().tryWrite(blind, List.of(rows((i) -> row("ab"))))).isEmpty();
		assertThat(stored()).isEqualTo(ROWS);
	}

	private static Row row(@Nullable Object value) {
		return item.row().set("v", value);
	}

	private static Row[] rows(IntFunction<Row> row) {
		return rows(row, ROWS);
	}

	private static Row[] rows(IntFunction<Row> row, int count) {
		return IntStream.range(0, count).mapToObj(row).toArray(Row[]::new);
	}

	private static List<Row> without(Row[] rows, Set<? extends SqlStatement> doubted) {
		return Arrays.stream(rows).filter((row) -> !doubted.contains(row)).toList();
	}

	/**
	 * Commits what the connection has written, and counts it.
	 */
	private long stored() throws SQLException {
		if (item.connection().isValid(1)) {
			item.connection().commit();
		}
		return JdbcClient.create(item.database().dataSource())
			.sql("SELECT COUNT(*) FROM item")
			.query(Long.class)
			.single();
	}

}
