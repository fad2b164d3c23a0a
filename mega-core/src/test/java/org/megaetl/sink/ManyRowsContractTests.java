package org.megaetl.sink;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What holds for each way to write many rows to insert at once.
 */
abstract class ManyRowsContractTests {

	static final int ROWS = ItemTable.ROWS;

	private final ItemTable table;

	private final String counter;

	/**
	 * Creates tests.
	 * @param table the table, for which the rows are written in that way
	 * @param counter what the server counts of it, and of nothing else
	 */
	ManyRowsContractTests(ItemTable table, String counter) {
		this.table = table;
		this.counter = counter;
	}

	/**
	 * Returns how often rows were written in that way.
	 */
	final int writes() throws SQLException {
		return this.table.status(this.counter);
	}

	@Test
	void writesManyRowsAtOnce() throws SQLException {
		this.table.create("id INT PRIMARY KEY, name VARCHAR(50) NOT NULL");
		this.table.write((i) -> this.table.row().set("id", i).set("name", "n" + i));
		assertThat(writes()).isEqualTo(1);
		assertThat(this.table.rows()).hasSize(ROWS);
		this.table.write((i) -> this.table.row().set("id", ROWS + i).set("name", "n" + i), 49);
		assertThat(writes()).isEqualTo(1);
		assertThat(this.table.rows()).hasSize(ROWS + 49);
	}

	@Test
	void keepsThePlaceOfRowsAmongOthers() throws SQLException {
		this.table.create("id INT PRIMARY KEY, v INT");
		List<Row> rows = new ArrayList<>(
				IntStream.range(0, ROWS).mapToObj((i) -> this.table.row().set("id", i).set("v", 1)).toList());
		rows.add(Row.upsert("item").key("id", 5).set("v", 2));
		rows.add(Row.delete("item").key("id", 6));
		rows.addAll(
				IntStream.range(ROWS, 2 * ROWS).mapToObj((i) -> this.table.row().set("id", i).set("v", 3)).toList());
		this.table.sink().write(this.table.connection(), rows);
		this.table.connection().commit();
		assertThat(writes()).isEqualTo(2);
		assertThat(this.table.rows()).hasSize(2 * ROWS - 1);
		assertThat(this.table.query("SELECT v FROM item WHERE id IN (5, 6)")).containsExactly("2");
	}

	/**
	 * The driver would write them out.
	 */
	@Test
	void refusesANumberOfTooManyDigits() throws SQLException {
		this.table.create("id INT PRIMARY KEY, v LONGTEXT");
		BigDecimal number = new BigDecimal("1e5000");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.table.write((i) -> this.table.row().set("id", i).set("v", number)))
			.withMessageContaining("digits");
		assertThat(writes()).isZero();
	}

	/**
	 * The pool throws the connection away for its state, and the batch is tried again.
	 */
	@Test
	void insertsOnceAProxyHasRefusedRowsAsIfTheConnectionWereLost() throws SQLException {
		this.table.create("id INT PRIMARY KEY");
		RefusingProxy proxy = new RefusingProxy(this.table.connection(), "Unsupported command");
		List<Row> rows = IntStream.range(0, ROWS).mapToObj((i) -> this.table.row().set("id", i)).toList();
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> this.table.sink().write(proxy.connection(), rows))
			.satisfies((ex) -> assertThat(SqlFailure.of(ex)).extracting(SqlFailure::isCutOff).isEqualTo(true));
		this.table.connection().rollback();
		this.table.sink().write(proxy.connection(), rows);
		this.table.connection().commit();
		assertThat(proxy.refusals()).isEqualTo(1);
		assertThat(this.table.rows()).hasSize(ROWS);
	}

	/**
	 * While the rows wait for another transaction's row.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "KILL QUERY", "KILL CONNECTION" })
	void saysThatRowsWereCutOff(String kill) throws SQLException {
		this.table.create("id INT PRIMARY KEY");
		this.table.write((i) -> this.table.row().set("id", i), 1);
		String id = this.table.query("SELECT CONNECTION_ID()").get(0);
		try (Connection other = this.table.database().dataSource().getConnection();
				Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (100)");
			CompletableFuture<Void> write = CompletableFuture.runAsync(() -> {
				try {
					this.table.write((i) -> this.table.row().set("id", i + 1));
				}
				catch (SQLException ex) {
					throw new CompletionException(ex);
				}
			});
			await().until(this.table.database()::hasLockWait);
			statement.execute(kill + " " + id);
			assertThat(write).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(SQLException.class)
				.satisfies((ex) -> assertThat(SqlFailure.of(ex)).extracting(SqlFailure::isCutOff).isEqualTo(true));
		}
	}

	/**
	 * Asserts that values are stored and refused as an INSERT does, each value by itself,
	 * in a column of each type.
	 * @param mode the server's SQL mode
	 * @param types what the types' names match
	 * @param values the values
	 * @param nulls whether there is a NULL among the rows of each value
	 * @param sinks returns a sink that writes the fewest rows in the way that is tested
	 * @return how many values were stored
	 */
	final int assertThatTheSameIsStored(String mode, String types, List<@Nullable Object> values, boolean nulls,
			Supplier<JdbcSink> sinks) throws SQLException {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
		this.table.database().execute("SET GLOBAL sql_mode = '" + mode + "'");
		try {
			this.table.reconnect("");
			try (Statement statement = this.table.connection().createStatement()) {
				// for columns that take the time of day in place of NULL
				statement.execute("SET SESSION timestamp = 1774747800");
			}
			JdbcSink inserting = new JdbcSink(1000);
			int stored = 0;
			for (String type : Arrays.stream(EveryValue.TYPES).filter((name) -> name.matches(types)).toList()) {
				if (nulls && type.contains("NOT NULL")) {
					continue;
				}
				JdbcSink sink = sinks.get();
				this.table.database()
					.execute("CREATE OR REPLACE TABLE written (value " + type + ")",
							"CREATE OR REPLACE TABLE inserted (value " + type + ")");
				for (Object value : values) {
					String refusal = refusal(inserting, "inserted", value, nulls);
					assertThat(refusal(sink, "written", value, nulls)).as("%s %s", type, EveryValue.describe(value))
						.isEqualTo(refusal);
					stored += refusal.isEmpty() ? 1 : 0;
				}
				assertThat(this.table.query(EveryValue.stored("written", type))).as(type)
					.isEqualTo(this.table.query(EveryValue.stored("inserted", type)));
				this.table.connection().commit();
			}
			return stored;
		}
		finally {
			TimeZone.setDefault(before);
			this.table.database().execute("SET GLOBAL sql_mode = DEFAULT");
		}
	}

	/**
	 * Writes a row twice, without a trace if it is refused.
	 * @return why it was refused, or an empty string
	 */
	private String refusal(JdbcSink writer, String name, @Nullable Object value, boolean nulls) {
		List<Row> rows = new ArrayList<>(List.of(Row.insert(name).set("value", value)));
		if (nulls) {
			rows.add(Row.insert(name).set("value", null));
		}
		rows.add(Row.insert(name).set("value", value));
		try {
			writer.write(this.table.connection(), rows);
			return "";
		}
		catch (SQLException ex) {
			return ex.getErrorCode() + ex.getMessage().replace(name, "table");
		}
		catch (DateTimeException ex) {
			return ex.getMessage();
		}
	}

}
