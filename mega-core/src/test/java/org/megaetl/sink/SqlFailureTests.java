package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class SqlFailureTests {

	/**
	 * Messages as MySQL 8 and 9 (backticks and single quotes) and MariaDB write them,
	 * with values made to be hard to cut out.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					Duplicate entry 'secret@example.com' for key 'PRIMARY'   | Duplicate entry '?' for key 'PRIMARY'
					Duplicate entry 'a-secret' for key 'orders.by_mail'      | Duplicate entry '?' for key 'orders.by_mail'
					Duplicate entry 'it's secret' for key 'PRIMARY'          | Duplicate entry '?' for key 'PRIMARY'
					Duplicate entry 'x' for key 'secret'' for key 'PRIMARY'  | Duplicate entry '?' for key 'PRIMARY'
					Duplicate entry '' for key 'PRIMARY'                     | Duplicate entry '?' for key 'PRIMARY'
					Incorrect integer value: 'secret' for column 'a' at row 1                    | Incorrect integer value: '?' for column 'a' at row 1
					Incorrect integer value: 'secret' for column `d`.`t`.`a` at row 1            | Incorrect integer value: '?' for column `d`.`t`.`a` at row 1
					Data truncation: Incorrect datetime value: 'secret' for column 'd' at row 12 | Data truncation: Incorrect datetime value: '?' for column 'd' at row 12
					Incorrect datetime value: 'secret' for function str_to_date | Incorrect datetime value: '?' for function str_to_date
					Incorrect string value: '\\xF0\\x9F' for column 'a' at row 1  | Incorrect string value: '?' for column 'a' at row 1
					Truncated incorrect DOUBLE value: 'secret'               | Truncated incorrect DOUBLE value: '?'
					Truncated incorrect DOUBLE value: 'it's at row 9'        | Truncated incorrect DOUBLE value: '?'
					Illegal double '1e999' value found during parsing        | Illegal double '?' value found during parsing
					BIGINT UNSIGNED value is out of range in '(4711 - `d`.`t`.`a`)' | BIGINT UNSIGNED value is out of range in '?'
					Cannot convert string 'secret' from utf8mb4 to latin1    | Cannot convert string '?' from utf8mb4 to latin1
					Table has no partition for value 4711                    | Table has no partition for value ?
					Invalid JSON text: "secret" at position 5 in value for column 'orders.doc'. | Invalid JSON text: "?" at position 5 in value for column 'orders.doc'.
					You have an error in your SQL syntax; check the manual for the right syntax to use near 'secret', 'b') (' at line 1 | You have an error in your SQL syntax; check the manual for the right syntax to use near '?' at line 1
					Foreign key constraint for table 't', record 'secret' would lead to a duplicate entry in table 'u', key 'k' | Foreign key constraint for table 't', record '?'
					Duplicate entry 'secret                                  | Duplicate entry '?'
					Value 'secret' is out of range                           | Value '?' is out of range
					For input string: "secret"                               | For input string: "?"
					""")
	void redactsValues(String message, String redacted) {
		assertThat(redact(message)).isEqualTo(redacted);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					Data too long for column 'address' at row 3
					Data truncation: Out of range value for column 'amount' at row 2
					Column 'product_id' cannot be null
					Field 'product_id' doesn't have a default value
					Column count doesn't match value count at row 1
					Table 'shop.orders' doesn't exist
					Check constraint 'amount_positive' is violated.
					CONSTRAINT `amount_positive` failed for `shop`.`orders`
					Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `orders` (`id`))
					Deadlock found when trying to get lock; try restarting transaction
					""")
	void keepsMessagesWithoutValues(String message) {
		assertThat(redact(message)).isEqualTo(message);
	}

	@Test
	void aWriteConflictOfTidbIsALockConflict() {
		for (int code : new int[] { 8002, 8005, 9007 }) {
			assertThat(new SqlFailure("HY000", code, "Write conflict").isLockConflict()).isTrue();
		}
	}

	@Test
	void redactsTheStatementThatADriverAppends() {
		assertThat(redact("Duplicate entry 'a' for key 'k'\nQuery is: INSERT INTO t VALUES ('secret') for key 'k'"))
			.isEqualTo("Duplicate entry '?' for key 'k'");
		assertThat(
				redact("Table 't' doesn't exist\n\nQuery being executed when exception was thrown:\nINSERT 'secret'"))
			.isEqualTo("Table 't' doesn't exist");
	}

	@Test
	void redactsValuesOfSeveralLines() {
		assertThat(redact("Duplicate entry 'two\nlines' for key 'k'")).isEqualTo("Duplicate entry '?' for key 'k'");
	}

	@Test
	void redactsTheWholeMessageOfASignal() {
		assertThat(new SqlFailure("45000", 1644, "secret@example.com is blocked").redacted())
			.isEqualTo(new SqlFailure("45000", 1644, "?"));
		assertThat(new SqlFailure("45123", 30001, "secret@example.com is blocked").redacted().message()).isEqualTo("?");
	}

	@Test
	void redactsWhatAStatementFailedWithThatHadThePoolCloseTheConnection() {
		SQLException signal = new SQLException("secret@example.com is 'blocked' here", "0A000", 1644);
		SqlFailure lost = SqlFailure.of(catchThrowable(() -> Savepoints.requireOpen(closedConnection(), signal)));
		assertThat(lost.message()).contains("secret@example.com is 'blocked' here");
		assertThat(lost.redacted().message()).isEqualTo("The pool has closed the connection, as a statement failed: ?");
	}

	private static Connection closedConnection() {
		return (Connection) Proxy.newProxyInstance(SqlFailureTests.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, args) -> method.getName().equals("isClosed"));
	}

	@Test
	void takesTheDeepestExceptionWithACode() {
		SQLException denied = new SQLException("Access denied", "28000", 1045);
		SQLException timeout = new SQLTransientConnectionException("request timed out", "28000", 0, denied);
		denied.initCause(new SQLException("driver"));
		assertThat(SqlFailure.of(new IllegalStateException(timeout)))
			.isEqualTo(new SqlFailure("28000", 1045, "Access denied"));
		SQLException cause = new SQLException("Duplicate entry 'a' for key 'k'", "23000", 1062);
		assertThat(SqlFailure.of(new BatchUpdateException("Batch", "23000", 1062, new int[0], cause)))
			.isEqualTo(new SqlFailure("23000", 1062, "Duplicate entry 'a' for key 'k'"));
	}

	@Test
	void takesTheDeepestWithAStateOrElseTheDeepest() {
		SQLException link = new SQLException("Communications link failure", "08S01", new SQLException("socket"));
		assertThat(SqlFailure.of(new SQLException("timed out", link)))
			.isEqualTo(new SqlFailure("08S01", 0, "Communications link failure"));
		assertThat(SqlFailure.of(new SQLException("outer", new SQLException("inner"))))
			.isEqualTo(new SqlFailure(null, 0, "inner"));
	}

	@Test
	void isNotThereForWhatDidNotInvolveTheDatabase() {
		assertThat(SqlFailure.of(new IllegalArgumentException("no"))).isNull();
	}

	@Test
	void readsTheRowFromTheEndOfTheMessage() {
		assertThat(row("Data too long for column 'x' at row 3")).hasValue(3);
		assertThat(row("Incorrect integer value: 'at row 99' for column 'x' at row 3")).hasValue(3);
		assertThat(row("Data too long for column 'x' at row 3\nQuery is: INSERT 'at row 4'")).hasValue(3);
		assertThat(row("Duplicate entry 'at row 4' for key 'PRIMARY'")).isEmpty();
		assertThat(row("Data too long for column 'x' at row 99999999999")).isEmpty();
	}

	private static OptionalInt row(String message) {
		return new SqlFailure("22001", 1406, message).row();
	}

	private static String redact(String message) {
		return new SqlFailure("HY000", 1, message).redacted().message();
	}

}
