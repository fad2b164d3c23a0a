package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Rejected;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of transactions that a statement of a transformer, or the server, rolls back:
 * they are tried again, and only an event that does so each time is refused.
 */
class RolledBackUnaskedTests extends LostTransactionRuns {

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

}
