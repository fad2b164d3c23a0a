package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Rejected;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of transactions that a statement of a transformer ends without saying so: nothing
 * is lost, and what is written twice is told.
 */
class LostTransactionTests extends DeliveryRuns {

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
	 * As a deadlock that is swallowed, followed by a rebalance.
	 */
	@Test
	void letsGoWhatSomebodyElseHasTakenOverAfterAStatementHasRolledBack() {
		AtomicReference<PullPipeline> reader = new AtomicReference<>();
		run(runner(direct((event, statement) -> {
			if (event.equals("odd")) {
				statement.execute("ROLLBACK");
				elsewhere(() -> reader.get().claim("a", "0"));
			}
		})), (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			reader.set(pipeline);
			pipeline.claim("a", "0");
			BatchResult result = inBackground(pipelines, batch("one", "odd", "two")).get(20, TimeUnit.SECONDS);
			assertThat(result.lostKeys()).containsExactly("a");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(position()).isEqualTo("0");
			assertThat(names()).isEmpty();
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

	private static Event identified(String payload) {
		return Event.from("test.push", payload.getBytes(StandardCharsets.UTF_8)).id(payload).build();
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

	/**
	 * As a deadlock does.
	 */
	@Test
	void triesAgainWhenAStatementHasRolledBackAndDidNotSaySo() {
		Set<String> done = ConcurrentHashMap.newKeySet();
		run(runner(direct((event, statement) -> {
			if (event.startsWith("odd") && done.add(event)) {
				statement.execute("ROLLBACK");
			}
		})), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one", "odd", "two")).get(20, TimeUnit.SECONDS).outcomes())
				.hasSize(3)
				.containsOnly(new Written());
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(submit(pipelines, "odd2", "id").get(20, TimeUnit.SECONDS)).isEqualTo(new Written());
			assertThat(push(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(names()).containsExactlyInAnyOrder("one", "odd", "two", "odd2");
		});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "BEGIN END", "BEGIN ROLLBACK; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'try later'; END" })
	void triesAgainWhenAProcedureSwallowsADeadlock(String handler) {
		database.execute("CREATE TABLE pair (id INT PRIMARY KEY, n INT)", "INSERT INTO pair VALUES (1, 0), (2, 0)", """
				CREATE OR REPLACE PROCEDURE swallowing() BEGIN
					DECLARE EXIT HANDLER FOR 1213 %s;
					UPDATE pair SET n = n + 1 WHERE id = 1;
					UPDATE pair SET n = n + 1 WHERE id = 2;
				END""".formatted(handler));
		long before = deadlocks();
		Transformer transformer = (event) -> List.of(item(event), SqlStatement.of("CALL swallowing()"));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			CompletableFuture<BatchResult> result;
			try (Connection other = database.dataSource().getConnection();
					Statement statement = other.createStatement()) {
				other.setAutoCommit(false);
				// much to roll back, so that the other one is
				statement.execute("INSERT INTO pair SELECT seq, 0 FROM seq_10_to_5000");
				statement.execute("UPDATE pair SET n = 0 WHERE id = 2");
				result = inBackground(pipelines, batch("one"));
				await().until(database::hasLockWait);
				statement.execute("UPDATE pair SET n = 0 WHERE id = 1");
				other.rollback();
			}
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written());
			assertThat(deadlocks()).isGreaterThan(before);
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(names()).containsExactly("one");
			assertThat(jdbc.sql("SELECT n FROM pair").query(Integer.class).list()).containsExactly(1, 1);
		});
		database.execute("DROP TABLE pair");
	}

	@Test
	void onlyTheEventWhoseStatementRollsBackEachTimeIsRefused() {
		run(runner(direct((event, statement) -> {
			if (event.startsWith("odd")) {
				statement.execute("ROLLBACK");
			}
		})), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			CompletableFuture<BatchResult> pulled = inBackground(pipelines, batch("one", "odd", "two"));
			List<EventOutcome> pushed = push(pipelines).submit(List.of(identified("three"), identified("odd2")))
				.get(40, TimeUnit.SECONDS);
			assertThat(pushed).extracting(Object::getClass).containsExactly(Written.class, Rejected.class);
			assertThat(((Rejected) pushed.get(1)).reason()).contains("ended the transaction");
			assertThat(pulled.get(40, TimeUnit.SECONDS).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(push(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(position()).isEqualTo("3");
			assertThat(names()).containsExactlyInAnyOrder("one", "two", "three");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theEventWhoseProcedureRollsBackAndSaysWhyIsRefusedForIt(boolean samePosition) {
		database.execute("""
				CREATE OR REPLACE PROCEDURE strict(n VARCHAR(10)) BEGIN
					DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
					INSERT INTO item VALUES (n);
				END""");
		Transformer transformer = (event) -> List
			.of(SqlStatement.of("CALL strict(?)", event.text().equals("bad") ? null : event.text()));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			EventBatch batch = samePosition ? ofOnePosition("one", "bad", "two") : batch("one", "bad", "two");
			List<EventOutcome> pulled = inBackground(pipelines, batch).get(10, TimeUnit.SECONDS).outcomes();
			assertThat(pulled).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(((DeadLettered) pulled.get(1)).reason()).contains("cannot be null");
			assertThat(submit(pipelines, "bad").get(10, TimeUnit.SECONDS)).isInstanceOf(DeadLettered.class);
			assertThat(push(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(position()).isEqualTo("3");
			assertThat(names()).containsExactlyInAnyOrder("one", "two");
		});
	}

	private static EventBatch ofOnePosition(String... payloads) {
		return new EventBatch(Stream.of(payloads)
			.map((payload) -> Event.from("test.pull", payload.getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of("a", "0", "3"))
				.build())
			.toList(), List.of(new PositionAdvance("a", "0", "3", 1)));
	}

	@Test
	void aProcedureThatRollsBackAsATableIsMissingBlamesNoEvent() {
		database.execute("""
				CREATE OR REPLACE PROCEDURE strict(n VARCHAR(10)) BEGIN
					DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
					INSERT INTO not_there VALUES (n);
				END""");
		Transformer transformer = (event) -> List.of(SqlStatement.of("CALL strict(?)", event.text()));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			CompletableFuture<BatchResult> result = inBackground(pipelines, batch("one", "two"));
			await().until(() -> pull(pipelines).status().state() == PipelineState.RETRYING);
			assertThat(pull(pipelines).status().reason()).contains("not_there");
			database.execute("CREATE TABLE not_there (name VARCHAR(10))");
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).hasSize(2).containsOnly(new Written());
		});
		database.execute("DROP TABLE not_there");
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
	 * Returns a transformer that does something before it writes an event.
	 */
	private static DirectTransformer direct(BeforeWriting before) {
		return (event, connection) -> {
			try (Statement statement = connection.createStatement()) {
				before.accept(event.text(), statement);
				statement.execute("INSERT INTO item VALUES ('" + event.text() + "')");
			}
		};
	}

	private static <T> T elsewhere(Callable<T> work) throws Exception {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task.get(20, TimeUnit.SECONDS);
	}

	private static String position() {
		return jdbc.sql("SELECT position FROM mega_checkpoint WHERE position_key = 'a'").query(String.class).single();
	}

	private static long deadlocks() {
		return jdbc.sql("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'").query((row, number) -> row.getLong(2)).single();
	}

	@Test
	void triesAgainWhenTheServerHasRolledBackUnasked() {
		Transformer transformer = (event) -> List.of(item(event),
				SqlStatement.of("INSERT INTO item SELECT ?", event.text()));
		LosingSavepoints dataSource = new LosingSavepoints(database.dataSource());
		run(runner(transformer).withBean(DataSource.class, () -> dataSource), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one", TOO_LONG, "two")).get(20, TimeUnit.SECONDS).outcomes())
				.extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(dataSource.lost).hasValueGreaterThan(1);
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(names()).containsExactlyInAnyOrder("one", "one", "two", "two");
		});
	}

	/**
	 * Rolls the transaction back once, unasked, before a savepoint is returned to.
	 */
	private static final class LosingSavepoints extends InterceptedConnections {

		private final AtomicInteger lost = new AtomicInteger();

		private LosingSavepoints(DataSource target) {
			super(target);
		}

		@Override
		void before(Connection connection, String method, Object[] args) throws SQLException {
			if (method.equals("rollback") && args.length == 1 && this.lost.getAndIncrement() == 0) {
				connection.rollback();
			}
		}

	}

	/**
	 * What a transformer does before it writes an event.
	 */
	private interface BeforeWriting {

		void accept(String event, Statement statement) throws Exception;

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
