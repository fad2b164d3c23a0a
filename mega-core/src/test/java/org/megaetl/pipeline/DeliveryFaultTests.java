package org.megaetl.pipeline;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TableLock;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sink.FailureClassifier;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what is rare, besides in commits and bad events, and would lose, double or
 * hold up events.
 */
class DeliveryFaultTests extends DeliveryRuns {

	@Test
	void aPushedEventIsAnsweredAsWrittenAlthoughTheRestOfItsBatchIsNot() {
		AtomicInteger failures = new AtomicInteger();
		Transformer transformer = (event) -> event.text().equals("bad")
				? List.of(SqlStatement.of("SIGNAL SQLSTATE '45000'")) : List.of(item(event));
		FailureClassifier classifier = (failure) -> (failures.getAndIncrement() == 0) ? FailureKind.TOO_LARGE
				: FailureKind.TRANSIENT;
		run(runner(transformer).withBean(FailureClassifier.class, () -> classifier)
			.withPropertyValues("mega.sink.jdbc.writers=1"), (pipelines) -> {
				CompletableFuture<EventOutcome> good;
				CompletableFuture<EventOutcome> bad;
				try (TableLock lock = database.lock("item")) {
					submit(pipelines, "held");
					await().until(lock::isWaitedFor);
					good = submit(pipelines, "good");
					bad = submit(pipelines, "bad");
				}
				assertThatExceptionOfType(ExecutionException.class).isThrownBy(bad::get)
					.withCauseInstanceOf(PipelineUnavailableException.class);
				assertThat(names()).containsExactly("held", "good");
				assertThat(good.get()).isEqualTo(new Written());
			});
	}

	@Test
	void anUnknownErrorBlamesNobodyBeforeTheDatabaseHasShownThatItWorks() {
		FailureClassifier classifier = (failure) -> isSignal(failure) ? FailureKind.UNKNOWN : null;
		Transformer transformer = (event) -> event.text().equals("odd")
				? List.of(SqlStatement.of("SIGNAL SQLSTATE '45000'")) : List.of(item(event));
		run(runner(transformer).withBean(FailureClassifier.class, () -> classifier)
			.withPropertyValues("mega.sink.jdbc.lock-wait-timeout=1s"), (pipelines) -> {
				PullPipeline pipeline = pull(pipelines);
				pipeline.claim("a", "0");
				// after a bad event, the next batch is searched for one from its start
				pipeline.deliver(batch(TOO_LONG));
				pipeline.claim("b", "0");
				CompletableFuture<BatchResult> result;
				try (Connection lock = database.dataSource().getConnection()) {
					lock.setAutoCommit(false);
					try (var statement = lock.createStatement()) {
						// the gap that the probe's row would be in
						statement.executeQuery("SELECT * FROM mega_checkpoint FORCE INDEX (PRIMARY) "
								+ "WHERE namespace = 'mega' AND pipeline = 'test.pull' AND position_key >= 'push/' FOR UPDATE");
					}
					result = inBackground(pipelines, batchOf("b", "one", "odd", "two"));
					await().until(() -> result.isDone() || pipeline.status().state() == PipelineState.RETRYING);
					assertThat(result).isNotDone();
					lock.rollback();
				}
				assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).extracting(Object::getClass)
					.containsExactly(Written.class, DeadLettered.class, Written.class);
				assertThat(names()).containsExactly("one", "two");
			});
	}

	/**
	 * It was cut off before its commit, and the server has not noticed yet.
	 */
	@Test
	void aProbeOfAnotherReplicaThatNeverEndsHoldsUpNobody() {
		FailureClassifier classifier = (failure) -> isSignal(failure) ? FailureKind.UNKNOWN : null;
		Transformer transformer = (event) -> event.text().equals("odd")
				? List.of(SqlStatement.of("SIGNAL SQLSTATE '45000'")) : List.of(item(event));
		ApplicationContextRunner replica = runner(transformer).withBean(FailureClassifier.class, () -> classifier)
			.withPropertyValues("mega.sink.jdbc.lock-wait-timeout=1s");
		run(replica, (others) -> {
			pull(others).claim("a", "0");
			inBackground(others, batchOf("a", "odd")).get(20, TimeUnit.SECONDS);
			try (Connection lock = database.dataSource().getConnection()) {
				lock.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
				lock.setAutoCommit(false);
				try (var statement = lock.createStatement()) {
					assertThat(statement
						.executeUpdate("UPDATE mega_checkpoint SET epoch = 1 WHERE position_key LIKE 'push/probe%'"))
						.isOne();
				}
				run(replica, (pipelines) -> {
					pull(pipelines).claim("b", "0");
					assertThat(inBackground(pipelines, batchOf("b", "one", "odd", "two")).get(20, TimeUnit.SECONDS)
						.outcomes()).extracting(Object::getClass)
						.containsExactly(Written.class, DeadLettered.class, Written.class);
				});
				lock.rollback();
			}
		});
	}

	private static boolean isSignal(Throwable failure) {
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return sqlFailure != null && "45000".equals(sqlFailure.sqlState());
	}

	@Test
	void batchesSqlWithSemicolonsOfTheUser() {
		Transformer transformer = (event) -> List.of(
				SqlStatement.of("INSERT INTO item VALUES (';'), (?) ; ", event.text()),
				SqlStatement.of("UPDATE item SET name = CONCAT(?, ';') WHERE name = ?;", event.text(), event.text()));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(
					inBackground(pipelines, batch("a;", "b", "c", "d", "e", "f")).get(10, TimeUnit.SECONDS).outcomes())
				.containsOnly(new Written());
			assertThat(names()).hasSize(12).contains("a;;", "b;", "c;", "d;", "e;", "f;");
		});
		database.execute("DELETE FROM item", "DELETE FROM mega_checkpoint", "DELETE FROM mega_inbox");
		for (String sql : List.of("INSERT INTO item VALUES (?);", "INSERT INTO item (name) SELECT ? ;",
				"UPDATE item SET name = ?; ", "INSERT INTO item VALUES (?) ON DUPLICATE KEY UPDATE name = 'x';")) {
			Transformer one = (event) -> List.of(SqlStatement.of(sql, event.text()));
			run(runner(one), (pipelines) -> {
				pull(pipelines).claim("a", "0");
				assertThat(inBackground(pipelines, batch("a;", "b", "c", "d", "e", "f")).get(10, TimeUnit.SECONDS)
					.outcomes()).as(sql).containsOnly(new Written());
				assertThat(names()).as(sql).hasSize(sql.startsWith("UPDATE") ? 0 : 6);
			});
			database.execute("DELETE FROM item", "DELETE FROM mega_checkpoint", "DELETE FROM mega_inbox");
		}
	}

	@Test
	void aTransformerThatLeavesItsThreadInterruptedDoesNotEndTheWriter() {
		DirectTransformer transformer = (event, connection) -> {
			if (event.text().equals("interrupt")) {
				Thread.currentThread().interrupt();
			}
		};
		run(runner(transformer).withPropertyValues("mega.sink.jdbc.writers=1"), (pipelines) -> {
			submit(pipelines, "interrupt").get(10, TimeUnit.SECONDS);
			assertThat(submit(pipelines, "next").get(10, TimeUnit.SECONDS)).isEqualTo(new Written());
		});
	}

	@Test
	void anEventWhoseRowIsLockedLongerThanAStatementMayTakeIsNoDeadLetter() {
		run(runner(items()).withPropertyValues(
				"spring.datasource.hikari.connection-init-sql=SET SESSION max_statement_time=1"), (pipelines) -> {
					pull(pipelines).claim("a", "0");
					CompletableFuture<BatchResult> result;
					try (TableLock lock = database.lock("item")) {
						result = inBackground(pipelines, batch("one"));
						await()
							.until(() -> result.isDone() || pull(pipelines).status().state() == PipelineState.RETRYING);
					}
					assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written());
				});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void anEventWhoseTableIsLockedLongerThanTheDriverReadsIsNoDeadLetter(String driver) {
		String url = database.jdbcUrl().replace("jdbc:mysql", "jdbc:" + driver) + "?socketTimeout=1000";
		run(runner(items()).withPropertyValues("spring.datasource.url=" + url), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			CompletableFuture<BatchResult> result;
			try (TableLock lock = database.lock("item")) {
				result = inBackground(pipelines, batch("one"));
				// who is blamed for a lost connection would be refused after fifteen
				// seconds
				await().atMost(Duration.ofSeconds(30))
					.during(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(result).isNotDone());
				assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RETRYING);
			}
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written());
		});
	}

	@Test
	void waitsLongerAndLongerBetweenAttempts() {
		FailureClassifier classifier = (failure) -> FailureKind.TRANSIENT;
		run(runner(items()).withBean(FailureClassifier.class, () -> classifier), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			database.execute("RENAME TABLE item TO item_away");
			CompletableFuture<BatchResult> result;
			try {
				long start = System.nanoTime();
				result = inBackground(pipelines, batch("one"));
				// pauses of 100, 200, 400, 800 milliseconds, each give or take a half
				await().atMost(Duration.ofSeconds(20)).until(() -> pull(pipelines).status().attempts() >= 5);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(750));
				assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.RETRYING);
			}
			finally {
				database.execute("RENAME TABLE item_away TO item");
			}
			assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).containsExactly(new Written());
		});
	}

	@Test
	void aStopDoesNotWaitForThePauseOfASuspect() {
		Transformer transformer = (event) -> List.of(SqlStatement.of("KILL CONNECTION_ID()"));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			long before = kills();
			CompletableFuture<BatchResult> pulled = inBackground(pipelines, batch("one"));
			CompletableFuture<EventOutcome> pushed = submit(pipelines, "two");
			// the pauses before the last attempts take seven seconds
			await().atMost(Duration.ofSeconds(30)).until(() -> kills() >= before + 8);
			long start = System.nanoTime();
			pipelines.stop();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
			for (CompletableFuture<?> result : List.of(pulled, pushed)) {
				assertThatExceptionOfType(ExecutionException.class).isThrownBy(result::get)
					.withCauseInstanceOf(PipelineUnavailableException.class);
			}
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		});
	}

	private static long kills() {
		return jdbc.sql("SHOW GLOBAL STATUS LIKE 'Com_kill'").query((row, number) -> row.getLong(2)).single();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void oneWriterTriesForAllWhetherTheDatabaseWorksAgain(CapturedOutput output) {
		RefusingMarks dataSource = new RefusingMarks(database.dataSource());
		run(runner(items()).withBean(DataSource.class, () -> dataSource).withPropertyValues("mega.sink.jdbc.writers=4"),
				(pipelines) -> {
					dataSource.refuses = true;
					assertThatExceptionOfType(ExecutionException.class)
						.isThrownBy(() -> submit(pipelines, "one").get(10, TimeUnit.SECONDS))
						.withCauseInstanceOf(PipelineUnavailableException.class);
					dataSource.refused.clear();
					await().until(() -> dataSource.refused.size() >= 4);
					assertThat(Set.copyOf(dataSource.refused)).hasSize(1);
					dataSource.refuses = false;
					await().untilAsserted(
							() -> assertThat(push(pipelines).status().state()).isEqualTo(PipelineState.RUNNING));
					assertThat(submit(pipelines, "one").get()).isEqualTo(new Written());
				});
		assertThat(output).doesNotContain("unforeseen");
	}

	@Test
	void allPipelinesStopWithinOneTimeout() {
		CompletableFuture<Void> release = new CompletableFuture<>();
		AtomicInteger stuck = new AtomicInteger();
		Transformer transformer = (event) -> {
			stuck.incrementAndGet();
			// an interrupt does not end it
			release.join();
			return List.of();
		};
		run(runner(transformer).withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=3s"), (pipelines) -> {
			List<PullPipeline> all = pipelines.all()
				.stream()
				.filter(PullPipeline.class::isInstance)
				.map(PullPipeline.class::cast)
				.toList();
			assertThat(all).hasSizeGreaterThan(1);
			all.forEach((pipeline) -> OwnPipeline.deliverInBackground(pipeline,
					new EventBatch(List.of(Event.from("test.pull", new byte[0]).build()), List.of())));
			await().until(() -> stuck.get() == all.size());
			long start = System.nanoTime();
			pipelines.stop();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5500));
			release.complete(null);
		});
	}

	/**
	 * Fails in a way that is not the database's whenever a writer leaves its mark.
	 */
	private static final class RefusingMarks extends InterceptedConnections {

		private final Queue<Thread> refused = new ConcurrentLinkedQueue<>();

		private volatile boolean refuses;

		private RefusingMarks(DataSource target) {
			super(target);
		}

		@Override
		void before(Connection connection, String method, Object[] args) {
			if (this.refuses && method.equals("prepareStatement")
					&& args[0].toString().contains("INSERT INTO mega_checkpoint")) {
				this.refused.add(Thread.currentThread());
				throw new IllegalStateException("refused");
			}
		}

	}

}
