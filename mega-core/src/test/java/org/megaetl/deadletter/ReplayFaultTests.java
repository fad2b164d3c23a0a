package org.megaetl.deadletter;

import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.context.event.ContextClosedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests of replays that others get in the way of, or that are given up: nothing is
 * written twice, and what was done is told.
 */
class ReplayFaultTests extends DeadLetterRuns {

	private @Nullable ReplayReport report;

	@Test
	void concurrentReplaysWriteOnce() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			for (int i = 0; i < 300; i++) {
				store(pipeline, event("n" + i).id((i % 2 == 0) ? "id-" + i : null));
			}
			this.refusal = null;
			ExecutorService executor = Executors.newFixedThreadPool(4);
			try {
				CountDownLatch start = new CountDownLatch(1);
				Callable<ReplayReport> replay = () -> {
					start.await();
					return service.replay(DeadLetterFilter.ALL, 1000, false);
				};
				List<Future<ReplayReport>> replays = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					replays.add(executor.submit(replay));
				}
				start.countDown();
				long written = 0;
				for (Future<ReplayReport> report : replays) {
					assertThat(report.get().interruption()).isNull();
					written += report.get().count(Outcome.WRITTEN);
				}
				assertThat(written).isEqualTo(300);
				assertThat(bodies()).hasSize(300).doesNotHaveDuplicates();
				assertThat(rows("mega_dead_letter")).isZero();
			}
			finally {
				executor.shutdownNow();
			}
		});
	}

	@Test
	void aReplayWaitsForOneThatHasTheLetterAndFindsItGone() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			this.refusal = null;
			ExecutorService executor = Executors.newSingleThreadExecutor();
			try (Connection other = database.dataSource().getConnection()) {
				other.setAutoCommit(false);
				try (var statement = other.createStatement()) {
					statement.executeUpdate("DELETE FROM mega_dead_letter WHERE id = " + id);
				}
				Future<ReplayResult> replay = executor.submit(() -> service.replay(id, false));
				await().until(database::hasLockWait);
				other.commit();
				assertThat(replay.get().outcome()).isEqualTo(Outcome.GONE);
				assertThat(bodies()).isEmpty();
			}
			finally {
				executor.shutdownNow();
			}
		});
	}

	@Test
	void doesNotWaitForLettersThatAreBeingWritten() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			List<Long> ids = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				ids.add(store(pipeline, event("n" + i)));
			}
			database.execute("UPDATE mega_dead_letter SET last_failed_at = '2026-01-01' WHERE id = " + ids.get(0));
			this.refusal = null;
			try (Connection batch = database.dataSource().getConnection()) {
				batch.setAutoCommit(false);
				batch.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
				try (var statement = batch.createStatement()) {
					statement.executeUpdate("INSERT INTO mega_dead_letter (namespace, pipeline, payload_length, "
							+ "payload_sha256, payload_stored, reason, attempts, first_failed_at, last_failed_at) "
							+ "SELECT namespace, pipeline, payload_length, payload_sha256, TRUE, reason, 1, "
							+ "first_failed_at, UTC_TIMESTAMP() FROM mega_dead_letter");
					statement.executeUpdate("INSERT INTO mega_dead_letter_payload SELECT dead_letter_id + 4, 0, data "
							+ "FROM mega_dead_letter_payload");
				}
				assertThat(service.purge(Instant.parse("2026-01-02T00:00:00Z"))).isOne();
				assertThat(service.replay(ids.get(1), false).outcome()).isEqualTo(Outcome.WRITTEN);
				assertThat(service.discard(ids.get(2))).isTrue();
				assertThat(service.replay(DeadLetterFilter.ALL, 10, false).count(Outcome.WRITTEN)).isOne();
				assertThat(service.discard(DeadLetterFilter.ALL)).isZero();
				batch.rollback();
			}
			assertThat(rows("mega_dead_letter")).isZero();
			assertThat(rows("mega_dead_letter_payload")).isZero();
		});
	}

	@Test
	void aReplayIsGivenUpWhereTheDatabaseRefusesToWork() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			this.refusal = null;
			database.execute("RENAME TABLE item TO elsewhere");
			try {
				assertThatIllegalStateException().isThrownBy(() -> service.replay(id, false))
					.withMessageContaining("item' doesn't exist");
				ReplayReport report = service.replay(DeadLetterFilter.ALL, 10, false);
				assertThat(report.results()).isEmpty();
				assertThat(report.complete()).isFalse();
				assertThat(report.interruption()).contains("item' doesn't exist");
			}
			finally {
				database.execute("RENAME TABLE elsewhere TO item");
			}
			assertThat(service.find(id)).hasValueSatisfying((letter) -> assertThat(letter.attempts()).isOne());
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
		});
	}

	@Test
	void tellsWhatWasDoneBeforeAReplayWasGivenUp() {
		boolean[] refuses = { true };
		Transformer transformer = (event) -> {
			if (refuses[0]) {
				throw new IllegalArgumentException("no");
			}
			return switch (event.text()) {
				case "large" -> List.of(SqlStatement.of("INSERT INTO item (body) VALUES (?)", "x".repeat(20_000_000)));
				case "missing" -> List.of(SqlStatement.of("INSERT INTO no_such_table VALUES (1)"));
				default -> List.of(Row.insert("item").set("body", event.text()));
			};
		};
		run(transformer, (pipeline, service) -> {
			long one = store(pipeline, event("one"));
			long large = store(pipeline, event("large"));
			long missing = store(pipeline, event("missing"));
			refuses[0] = false;
			ReplayReport report = service.replay(DeadLetterFilter.ALL, 10, false);
			assertThat(report.results()).extracting(ReplayResult::id, ReplayResult::outcome)
				.containsExactly(tuple(one, Outcome.WRITTEN), tuple(large, Outcome.FAILED));
			assertThat(report.interruption()).contains("no_such_table");
			assertThat(report.complete()).isFalse();
			assertThat(chosen(service, DeadLetterFilter.ALL)).containsExactly(missing, large);
		});
	}

	@Test
	void aLetterWhoseProcedureRollsBackFailsAgainAndThePipelineRuns() {
		database.execute("""
				CREATE OR REPLACE PROCEDURE strict(n VARCHAR(10)) BEGIN
					DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
					INSERT INTO item VALUES (n);
				END""");
		Transformer transformer = (event) -> List
			.of(SqlStatement.of("CALL strict(?)", event.text().equals("bad") ? null : event.text()));
		run(transformer, (pipeline, service) -> {
			long id = store(pipeline, event("bad"));
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
			assertThat(result.message()).contains("cannot be null");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(service.find(id)).hasValueSatisfying((letter) -> assertThat(letter.attempts()).isEqualTo(2));
		});
	}

	@Test
	void tellsThatAReplayWasInterrupted() {
		Transformer transformer = (event) -> {
			if (Thread.currentThread().getName().startsWith("http")) {
				throw new InterruptedException();
			}
			throw new IllegalArgumentException("no");
		};
		runWithContext(transformer, RejectPolicy.DEAD_LETTER, (context) -> {
			store(context.getBean(PushPipeline.class), event("one"));
			DeadLetterService service = context.getBean(DeadLetterService.class);
			Thread operator = new Thread(() -> this.report = service.replay(DeadLetterFilter.ALL, 10, false), "http");
			context.publishEvent(new ContextClosedEvent(context));
			operator.start();
			operator.join();
			assertThat(this.report.interruption()).contains("is stopping");
			assertThat(this.report.complete()).isFalse();
		});
	}

}
