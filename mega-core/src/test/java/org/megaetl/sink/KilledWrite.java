package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A write that is killed in the middle.
 */
final class KilledWrite {

	private KilledWrite() {
	}

	/**
	 * Asserts that the failure of rows that are killed while they wait for another
	 * transaction's row says so.
	 * @param item the table that the rows are written to
	 * @param kill {@code KILL QUERY} or {@code KILL CONNECTION}
	 */
	static void assertThatItIsCutOff(ItemTable item, String kill) throws SQLException {
		item.create("id INT PRIMARY KEY");
		item.write((i) -> item.row().set("id", i), 1);
		String id = item.query("SELECT CONNECTION_ID()").get(0);
		try (Connection other = item.database().dataSource().getConnection();
				Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("INSERT INTO item VALUES (100)");
			CompletableFuture<Void> write = CompletableFuture.runAsync(() -> {
				try {
					item.write((i) -> item.row().set("id", i + 1));
				}
				catch (SQLException ex) {
					throw new CompletionException(ex);
				}
			});
			await().until(() -> waits(statement, id));
			statement.execute(kill + " " + id);
			assertThat(write).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(SQLException.class)
				.satisfies((ex) -> assertThat(SqlFailure.of(ex)).extracting(SqlFailure::isCutOff).isEqualTo(true));
		}
	}

	private static boolean waits(Statement statement, String id) throws SQLException {
		try (ResultSet rows = statement
			.executeQuery("SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' "
					+ "AND trx_mysql_thread_id = " + id)) {
			return rows.next();
		}
	}

}
