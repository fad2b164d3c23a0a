package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of transactions that a statement of a transformer commits: nothing is lost, and
 * what is written twice is told.
 */
class CommittedTooEarlyTests extends LostTransactionRuns {

	@Test
	void failsAlsoWhenAProcedureCommitsWhileABadEventIsSought() {
		failsFor("COMMIT", "DDL committed the batch");
	}

	@Test
	void failsWhenAProcedureCommitsAndThenFailsAndTellsWhy() {
		failsFor("COMMIT; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such day'", "no such day");
	}

	@Test
	void tellsWhatATransformerFailedWithThatHasCommitted() {
		run(runner(direct((event, statement) -> {
			statement.execute("COMMIT");
			throw new IllegalStateException("no such day");
		})), (pipelines) -> assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> submit(pipelines, "one").get(20, TimeUnit.SECONDS))
			.withMessageContaining("DDL committed the batch")
			.withMessageContaining("no such day"));
	}

	private void failsFor(String body, String reason) {
		database.execute("CREATE OR REPLACE PROCEDURE sneaky() BEGIN " + body + "; END");
		Transformer transformer = (event) -> event.text().equals("sneaky") ? List.of(SqlStatement.of("CALL sneaky()"))
				: List.of(item(event));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch(TOO_LONG, "good", "sneaky")).get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(PipelineUnavailableException.class);
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(pull(pipelines).status().reason()).contains(reason);
			assertThat(names()).hasSizeLessThan(2);
			assertThat(position()).isEqualTo("0");
		});
	}

	/**
	 * The third fails, as the table exists, and commits all the same.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "CREATE TABLE IF NOT EXISTS other (id INT)", "COMMIT", "CREATE TABLE item (id INT)" })
	void whatAStatementCommitsTooEarlyIsWrittenAgainAndNothingIsLost(String sql) {
		AtomicBoolean mended = new AtomicBoolean();
		run(runner(direct((event, statement) -> {
			if (event.equals("ddl") && !mended.get()) {
				statement.execute(sql);
			}
		})), (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			pipeline.claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one", "ddl", "two")).get(20, TimeUnit.SECONDS))
				.withCauseInstanceOf(PipelineUnavailableException.class)
				.withMessageContaining("DDL committed the batch")
				.withMessageContaining("written twice");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(position()).isEqualTo("0");
			mended.set(true);
			pipeline.resume();
			assertThat(inBackground(pipelines, batch("one", "ddl", "two")).get(20, TimeUnit.SECONDS).outcomes())
				.hasSize(3)
				.containsOnly(new Written());
			assertThat(names()).containsExactlyInAnyOrder("one", "one", "ddl", "two");
			assertThat(position()).isEqualTo("3");
		});
		database.execute("DROP TABLE IF EXISTS other");
	}

	@Test
	void anEventIsNoDuplicateOfItselfAfterAStatementCommittedItsIdTooEarly() {
		AtomicBoolean mended = new AtomicBoolean();
		run(runner(direct((event, statement) -> {
			if (!mended.get()) {
				statement.execute("COMMIT");
			}
		})), (pipelines) -> {
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> submit(pipelines, "one", "id").get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch");
			mended.set(true);
			push(pipelines).resume();
			assertThat(submit(pipelines, "one", "id").get(20, TimeUnit.SECONDS)).isEqualTo(new Written());
			assertThat(names()).containsExactly("one");
		});
	}

	@Test
	void whoTakesOverWhatAStatementCommittedTooEarlyReadsItAgain() {
		AtomicReference<PullPipeline> reader = new AtomicReference<>();
		AtomicReference<Claim> claim = new AtomicReference<>();
		run(runner(direct((event, statement) -> {
			if (event.equals("ddl") && claim.get() == null) {
				statement.execute("COMMIT");
				claim.set(elsewhere(() -> reader.get().claim("a", "0")));
			}
		})), (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			reader.set(pipeline);
			pipeline.claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one", "ddl", "two")).get(20, TimeUnit.SECONDS));
			assertThat(claim.get().position()).isEqualTo("3");
			pipeline.resume();
			assertThat(pipeline.deliver(new EventBatch(List.of(), List.of(claim.get().advance("3", "4")))).lostKeys())
				.containsExactly("a");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("0");
		});
	}

	@Test
	void failsWhenSomebodyElseHasGoneOnFromWhatAStatementCommittedTooEarly() {
		AtomicReference<PullPipeline> reader = new AtomicReference<>();
		run(runner(direct((event, statement) -> {
			if (event.equals("ddl")) {
				statement.execute("COMMIT");
				elsewhere(() -> {
					Claim claim = reader.get().claim("a", "0");
					return reader.get()
						.deliver(new EventBatch(List.of(), List.of(claim.advance(claim.position(), "4"))));
				});
			}
		})), (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			reader.set(pipeline);
			pipeline.claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one", "ddl", "two")).get(20, TimeUnit.SECONDS))
				.withMessageContaining("ended the transaction");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(position()).isEqualTo("4");
		});
	}

	/**
	 * A deadlock, an interruption, a lost connection and a table of locks that is full:
	 * after them no savepoint tells.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213", "KILL QUERY CONNECTION_ID()",
			"KILL CONNECTION_ID()", "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1206" })
	void takesBackAlsoWhatWasCommittedUnnoticedBeforeAFailureThatHidesIt(String failure) {
		AtomicBoolean mended = new AtomicBoolean();
		run(runner(direct((event, statement) -> {
			if (event.equals("ddl") && !mended.get()) {
				statement.execute("COMMIT");
				statement.execute(failure);
			}
		})), (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			pipeline.claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one", "ddl", "two")).get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(position()).isEqualTo("0");
			List<Event> events = List.of(identified("ddl"), identified("two"));
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> push(pipelines).submit(events).get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch");
			mended.set(true);
			push(pipelines).resume();
			assertThat(push(pipelines).submit(events).get(20, TimeUnit.SECONDS)).hasSize(2).containsOnly(new Written());
		});
	}

	@Test
	void takesBackWhatAProcedureHasCommittedThatTakesTooLong() {
		database.execute("""
				CREATE OR REPLACE PROCEDURE sneaky() BEGIN
					DECLARE n INT DEFAULT 0;
					COMMIT;
					WHILE n < 100000000 DO SET n = n + 1; END WHILE;
				END""");
		Transformer transformer = (event) -> List
			.of(SqlStatement.of("SET STATEMENT max_statement_time = 0.2 FOR CALL sneaky()"), item(event));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one", "two")).get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch")
				.withMessageContaining("max_statement_time");
			assertThat(position()).isEqualTo("0");
		});
	}

	@Test
	void takesBackAlthoughThePipelineHasFailedMeanwhile() {
		FailingLookUps dataSource = new FailingLookUps(database.dataSource());
		run(runner(direct((event, statement) -> statement.execute("COMMIT"))).withBean(DataSource.class,
				() -> dataSource), (pipelines) -> {
					PullPipeline pipeline = pull(pipelines);
					pipeline.claim("a", "0");
					dataSource.fails = () -> pipeline.fail("by another thread");
					assertThatExceptionOfType(ExecutionException.class)
						.isThrownBy(() -> inBackground(pipelines, batch("one")).get(20, TimeUnit.SECONDS))
						.withCauseInstanceOf(PipelineUnavailableException.class);
					assertThat(dataSource.fails).isNull();
					assertThat(position()).isEqualTo("0");
				});
	}

	@Test
	void whatAnAdapterWritesWithItsMoveIsWrittenOnceAlthoughAStatementCommitsTooEarly() {
		AtomicBoolean mended = new AtomicBoolean();
		run(runner(direct((event, statement) -> {
			if (!mended.get()) {
				statement.execute("COMMIT");
			}
		})), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			EventBatch batch = new EventBatch(batch("one").events(),
					List.of(new PositionAdvance("a", "0", "1", 1, List.of(Row.insert("item").set("name", "adapter")))));
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch).get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch");
			mended.set(true);
			pull(pipelines).resume();
			assertThat(inBackground(pipelines, batch).get(20, TimeUnit.SECONDS).outcomes())
				.containsExactly(new Written());
			assertThat(names()).containsExactlyInAnyOrder("one", "adapter");
		});
	}

	@Test
	void locksOfTablesDoNotOutliveTheTransactionThatTheyHaveEnded() {
		run(runner(direct((event, statement) -> statement.execute("LOCK TABLES item WRITE"))), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch("one")).get(20, TimeUnit.SECONDS))
				.withMessageContaining("DDL committed the batch");
			try (Connection other = database.dataSource().getConnection();
					Statement statement = other.createStatement()) {
				statement.execute("SET SESSION lock_wait_timeout = 10");
				statement.execute("INSERT INTO item VALUES ('free')");
			}
			assertThat(names()).contains("free");
		});
	}

	/**
	 * Loses a connection once, when it is looked up whether a transaction was committed.
	 */
	private static final class FailingLookUps extends InterceptedConnections {

		private volatile @Nullable Runnable fails;

		private FailingLookUps(DataSource target) {
			super(target);
		}

		@Override
		void before(Connection connection, String method, Object[] args) throws SQLException {
			Runnable once = this.fails;
			if (once != null && method.equals("prepareStatement") && args[0].toString().contains("COALESCE(token")) {
				this.fails = null;
				once.run();
				throw new SQLException("cut off", "08S01");
			}
		}

	}

}
