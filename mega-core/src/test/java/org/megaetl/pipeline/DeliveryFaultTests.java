package org.megaetl.pipeline;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import javax.sql.DataSource;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Duplicate;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sink.FailureClassifier;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.function.ThrowingConsumer;
import org.springframework.util.function.ThrowingFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what is rare and would lose, double or hold up events: on a real database.
 */
class DeliveryFaultTests {

	private static final String TOO_LONG = "far too long a name";

	private static TestDatabase database;

	private static JdbcClient jdbc;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.createWithOwnServer();
		jdbc = JdbcClient.create(database.dataSource());
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void createTable() {
		// no key: what is written twice shows
		database.execute("CREATE TABLE item (name VARCHAR(10) NOT NULL)");
	}

	@AfterEach
	void dropTables() {
		database.execute("DROP TABLE item", "DELETE FROM mega_dead_letter", "DELETE FROM mega_dead_letter_payload",
				"DELETE FROM mega_checkpoint", "DELETE FROM mega_inbox");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aPushedEventIsWrittenOnceWhenTheCommitIsCutOff(boolean lent) throws Exception {
		Executor caller = (task) -> {
			if (!lent) {
				throw new RejectedExecutionException();
			}
			task.run();
		};
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(runner(items()).withPropertyValues(EngineRunner.through(proxy, database)), (pipelines) -> {
				proxy.cutAfterNextCommit();
				assertThat(push(pipelines).submit(List.of(pushed("one")), caller).get()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				proxy.cutBeforeNextCommit();
				assertThat(push(pipelines).submit(List.of(pushed("two")), caller).get()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				assertThat(names()).containsExactly("one", "two");
			});
		}
	}

	@Test
	void theOutcomeOfAPushedEventIsLookedUpForAsLongAsTheDatabaseIsAway() throws Exception {
		isLookedUpForAsLongAsTheDatabaseIsAway((pipelines) -> submit(pipelines, "one"),
				(pipelines) -> push(pipelines).status());
	}

	@Test
	void theOutcomeOfAPulledBatchIsLookedUpForAsLongAsTheDatabaseIsAway() throws Exception {
		isLookedUpForAsLongAsTheDatabaseIsAway((pipelines) -> {
			CompletableFuture<BatchResult> result = inBackground(pipelines, batch("one"));
			return result.thenApply((delivered) -> delivered.outcomes().get(0));
		}, (pipelines) -> pull(pipelines).status());
	}

	private void isLookedUpForAsLongAsTheDatabaseIsAway(
			ThrowingFunction<Pipelines, CompletableFuture<EventOutcome>> delivery,
			Function<Pipelines, PipelineStatus> status) throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(runner(items()).withPropertyValues(EngineRunner.through(proxy, database))
				.withPropertyValues("mega.sink.jdbc.connection-timeout=300ms"), (pipelines) -> {
					pull(pipelines).claim("a", "0");
					proxy.cutAfterNextCommit();
					proxy.refuseConnections(true);
					CompletableFuture<EventOutcome> outcome = delivery.apply(pipelines);
					await().atMost(Duration.ofSeconds(30))
						.until(() -> outcome.isDone() || status.apply(pipelines).attempts() >= 3);
					assertThat(status.apply(pipelines).state()).isEqualTo(PipelineState.RETRYING);
					assertThat(outcome).isNotDone();
					proxy.refuseConnections(false);
					assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new Written());
					assertThat(names()).containsExactly("one");
				});
		}
	}

	private static Event pushed(String payload) {
		return Event.from("test.push", payload.getBytes(StandardCharsets.UTF_8)).build();
	}

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
	void whatTheDatabaseFindsTooLargeIsADeadLetterAlsoWhereRefusalsAreAnswered() {
		FailureClassifier classifier = (failure) -> FailureKind.TOO_LARGE;
		run(runner(items()).withBean(FailureClassifier.class, () -> classifier), (pipelines) -> {
			assertThat(submit(pipelines, TOO_LONG, "1").get()).isInstanceOf(DeadLettered.class);
			assertThat(submit(pipelines, TOO_LONG, "1").get()).isEqualTo(new Duplicate(true));
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isOne();
		});
	}

	@Test
	void commitsSmallerBatchesWhenOnlyTheCommitFindsTheBatchTooLarge() {
		commitsSmallerBatches(1197);
	}

	@Test
	void commitsSmallerBatchesWhenOnlyTheCommitFindsABadRow() {
		commitsSmallerBatches(1062);
	}

	private void commitsSmallerBatches(int vendorCode) {
		DataSource dataSource = GuardedCommits.refusingMany(database.dataSource(), vendorCode);
		run(runner(items()).withBean(DataSource.class, () -> dataSource), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one", "two", "three", "four", "five")).get(10, TimeUnit.SECONDS)
				.outcomes()).hasSize(5).containsOnly(new Written());
			assertThat(names()).containsExactly("one", "two", "three", "four", "five");
		});
	}

	@Test
	void aCommitThatIsRefusedTakesItsDeadLetterAlong() {
		DataSource dataSource = GuardedCommits.refusingMany(database.dataSource(), 1197);
		run(runner(items()).withBean(DataSource.class, () -> dataSource), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			List<EventOutcome> outcomes = inBackground(pipelines,
					batch("one", "two", TOO_LONG, "three", "four", "five"))
				.get(20, TimeUnit.SECONDS)
				.outcomes();
			assertThat(outcomes).extracting(Object::getClass)
				.containsExactly(Written.class, Written.class, DeadLettered.class, Written.class, Written.class,
						Written.class);
			assertThat(jdbc.sql("SELECT id FROM mega_dead_letter").query(Long.class).list())
				.containsExactly(((DeadLettered) outcomes.get(2)).id());
			assertThat(names()).containsExactly("one", "two", "three", "four", "five");
		});
	}

	@Test
	void waitsWhenEvenTheDeadLetterIsRefused() {
		try (TestDatabase small = TestDatabase.createWithOwnServer("--max-allowed-packet=1M")) {
			Event event = Event.from("test.pull", "x".getBytes(StandardCharsets.UTF_8))
				.headers(EventHeaders.of("big", "x".repeat(3 << 20)))
				.build();
			run(runner(small, (Transformer) (ignored) -> {
				throw new IllegalArgumentException("no");
			}), (pipelines) -> {
				CompletableFuture<BatchResult> result = inBackground(pipelines,
						new EventBatch(List.of(event), List.of()));
				await().until(() -> result.isDone() || pull(pipelines).status().state() == PipelineState.RETRYING);
				assertThat(result).isNotDone();
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void manyDeadLettersOfABatchHaveTheirOwnIdsAndPayloads(String driver) {
		Transformer transformer = (event) -> {
			throw new IllegalArgumentException("no");
		};
		database.execute("SET GLOBAL auto_increment_increment = 3");
		run(runner(transformer).withPropertyValues(
				"spring.datasource.url=" + database.jdbcUrl().replace("jdbc:mysql", "jdbc:" + driver)), (pipelines) -> {
					CompletableFuture<BatchResult> other = inBackground(pipelines, refused("other", 200));
					EventBatch batch = refused("one", 250);
					List<EventOutcome> outcomes = inBackground(pipelines, batch).get(20, TimeUnit.SECONDS).outcomes();
					for (int i = 0; i < 250; i++) {
						assertThat(payload(((DeadLettered) outcomes.get(i)).id())).as(String.valueOf(i))
							.isEqualTo(batch.events().get(i).payload());
					}
					assertThat(other.get(20, TimeUnit.SECONDS).outcomes()).hasOnlyElementsOfType(DeadLettered.class);
				});
		database.execute("SET GLOBAL auto_increment_increment = 1");
	}

	private static EventBatch refused(String name, int count) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			String text = (name + i).repeat((i % 100 == 7) ? 100_000 : i % 3);
			events.add(Event.from("test.pull", text.getBytes(StandardCharsets.UTF_8)).build());
		}
		return new EventBatch(events, List.of());
	}

	private static byte[] payload(long letter) {
		ByteArrayOutputStream payload = new ByteArrayOutputStream();
		jdbc.sql("SELECT data FROM mega_dead_letter_payload WHERE dead_letter_id = ? ORDER BY chunk_no")
			.param(letter)
			.query(byte[].class)
			.list()
			.forEach(payload::writeBytes);
		return payload.toByteArray();
	}

	@Test
	void keepsDeadLettersWithTimesThatTheDatabaseCannotStore() {
		List<Event> events = new ArrayList<>();
		for (Instant time : List.of(Instant.ofEpochMilli(1_700_000_000_000_000L), Instant.MAX, Instant.MIN)) {
			events.add(Event.from("test.pull", "x".getBytes(StandardCharsets.UTF_8)).timestamp(time).build());
		}
		run(runner((Transformer) (event) -> {
			throw new IllegalArgumentException("no");
		}), (pipelines) -> assertThat(
				inBackground(pipelines, new EventBatch(events, List.of())).get(10, TimeUnit.SECONDS).outcomes())
			.hasOnlyElementsOfType(DeadLettered.class));
	}

	@Test
	void keepsDeadLettersWithStatesThatNoDatabaseHas() {
		DirectTransformer transformer = (event, connection) -> {
			throw new SQLException("no", "not a state", 1062);
		};
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one")).get(10, TimeUnit.SECONDS).outcomes())
				.hasOnlyElementsOfType(DeadLettered.class);
		});
	}

	@Test
	void anEventOfWhichOneRowIsBadLeavesNoRow() {
		Transformer transformer = (event) -> {
			SqlStatement first = SqlStatement.of("INSERT INTO item SET name = ?", event.text());
			return event.text().equals("partly") ? List.of(first, Row.insert("item").set("name", TOO_LONG))
					: List.of(first, item(event));
		};
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one", "two", "partly", "three")).get(10, TimeUnit.SECONDS)
				.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, Written.class, DeadLettered.class, Written.class);
			assertThat(names()).containsExactly("one", "one", "two", "two", "three", "three");
		});
	}

	@Test
	void anEventIsNoDuplicateOfOneThatWasOnlyAnswered() {
		DirectTransformer transformer = (event, connection) -> {
			JdbcClient.create(new SingleConnectionDataSource(connection, true))
				.sql("INSERT INTO item VALUES (?)")
				.param(event.text())
				.update();
			if (event.text().equals("bad")) {
				throw new IllegalArgumentException("no");
			}
		};
		run(runner(transformer).withPropertyValues("mega.sink.jdbc.writers=1"), (pipelines) -> {
			CompletableFuture<EventOutcome> bad;
			CompletableFuture<EventOutcome> mended;
			try (TableLock lock = database.lock("item")) {
				submit(pipelines, "held");
				await().until(lock::isWaitedFor);
				bad = submit(pipelines, "bad", "id");
				mended = submit(pipelines, "mended", "id");
			}
			assertThat(bad.get()).isEqualTo(new EventOutcome.Rejected("no"));
			assertThat(mended.get()).isInstanceOf(EventOutcome.Rejected.class);
			assertThat(submit(pipelines, "mended", "id").get()).isEqualTo(new Written());
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
						statement.executeUpdate("INSERT INTO mega_checkpoint (namespace, pipeline, position_key, "
								+ "position, updated_at) VALUES ('mega', 'test.pull', 'push/probe', '', NOW())");
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
	void failsAlsoWhenAProcedureCommitsWhileABadEventIsSought() {
		failsFor("COMMIT");
	}

	@Test
	void failsWhenAProcedureCommitsAndThenFails() {
		failsFor("COMMIT; SIGNAL SQLSTATE '45000'");
	}

	private void failsFor(String body) {
		database.execute("CREATE OR REPLACE PROCEDURE sneaky() BEGIN " + body + "; END");
		Transformer transformer = (event) -> event.text().equals("sneaky") ? List.of(SqlStatement.of("CALL sneaky()"))
				: List.of(item(event));
		run(runner(transformer), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch(TOO_LONG, "good", "sneaky")).get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(PipelineUnavailableException.class);
			assertThat(pull(pipelines).status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(names()).hasSizeLessThan(2);
		});
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
				"spring.datasource.hikari.connection-init-sql=SET SESSION max_statement_time=0.2"), (pipelines) -> {
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
	void whatIsCommittedIsNotWrittenAgainWhenItCannotBeCounted() {
		MeterRegistry meters = new SimpleMeterRegistry() {

			@Override
			protected Counter newCounter(Meter.Id id) {
				Counter counter = super.newCounter(id);
				return "written".equals(id.getTag("outcome")) ? new RefusingCounter(counter) : counter;
			}

		};
		run(runner(items()).withBean(MeterRegistry.class, () -> meters), (pipelines) -> {
			EventBatch batch = new EventBatch(
					List.of(Event.from("test.pull", "one".getBytes(StandardCharsets.UTF_8)).build()), List.of());
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> inBackground(pipelines, batch).get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(IllegalStateException.class);
			assertThat(names()).containsExactly("one");
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
			while (!release.isDone()) {
				Thread.onSpinWait();
			}
			return List.of();
		};
		run(runner(transformer).withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1s"), (pipelines) -> {
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
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1800));
			release.complete(null);
		});
	}

	private static ApplicationContextRunner runner(TransformFunction transformer) {
		return runner(database, transformer);
	}

	private static ApplicationContextRunner runner(TestDatabase database, TransformFunction transformer) {
		return EngineRunner.on(database)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(TwoPipelines.class);
	}

	private static void run(ApplicationContextRunner runner, ThrowingConsumer<Pipelines> test) {
		runner.run((context) -> test.accept(context.getBean(Pipelines.class)));
	}

	private static PullPipeline pull(Pipelines pipelines) {
		return (PullPipeline) pipelines.all()
			.stream()
			.filter((pipeline) -> pipeline.name().inbound().equals("pull"))
			.findAny()
			.orElseThrow();
	}

	private static PushPipeline push(Pipelines pipelines) {
		return (PushPipeline) pipelines.all().stream().filter(PushPipeline.class::isInstance).findAny().orElseThrow();
	}

	private static CompletableFuture<EventOutcome> submit(Pipelines pipelines, String payload)
			throws InterruptedException {
		return submit(pipelines, payload, null);
	}

	private static CompletableFuture<EventOutcome> submit(Pipelines pipelines, String payload, @Nullable String id)
			throws InterruptedException {
		return push(pipelines).submit(Event.from("test.push", payload.getBytes(StandardCharsets.UTF_8)).id(id).build());
	}

	private static CompletableFuture<BatchResult> inBackground(Pipelines pipelines, EventBatch batch) {
		return OwnPipeline.deliverInBackground(pull(pipelines), batch);
	}

	private static EventBatch batch(String... payloads) {
		return batchOf("a", payloads);
	}

	private static EventBatch batchOf(String key, String... payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.length; i++) {
			events.add(Event.from("test.pull", payloads[i].getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of(key, String.valueOf(i), String.valueOf(i + 1)))
				.build());
		}
		return new EventBatch(events, List.of(new PositionAdvance(key, "0", String.valueOf(payloads.length), 1)));
	}

	private static Transformer items() {
		return (event) -> List.of(item(event));
	}

	private static SqlStatement item(Event event) {
		return Row.insert("item").set("name", event.text());
	}

	private static List<String> names() {
		return jdbc.sql("SELECT name FROM item").query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPipelines {

		@Bean
		PullPipeline pull(Pipelines pipelines) {
			return pipelines.pull(settings("pull", RejectPolicy.DEAD_LETTER));
		}

		@Bean
		PullPipeline other(Pipelines pipelines) {
			return pipelines.pull(settings("other", RejectPolicy.DEAD_LETTER));
		}

		@Bean
		PushPipeline push(Pipelines pipelines) {
			return pipelines.push(settings("push", RejectPolicy.ANSWER));
		}

		private static PipelineSettings settings(String inbound, RejectPolicy onReject) {
			return new PipelineSettings(new PipelineName("test", inbound), "items", null, onReject);
		}

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
	 * A counter that cannot count.
	 *
	 * @param counter what it is a counter of
	 */
	private record RefusingCounter(Counter counter) implements Counter {

		@Override
		public void increment(double amount) {
			throw new IllegalStateException("cannot count");
		}

		@Override
		public double count() {
			return 0;
		}

		@Override
		public Id getId() {
			return this.counter.getId();
		}

	}

}
