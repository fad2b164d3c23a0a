package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Duplicate;
import org.megaetl.pipeline.EventOutcome.Rejected;
import org.megaetl.pipeline.EventOutcome.Skipped;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PushPipeline} on a real database.
 */
class PushPipelineTests extends PushRuns {

	private static final String ONE_WRITER = "mega.sink.jdbc.writers=1";

	/** Whoever waits for a lock waits for longer than a test takes. */
	private static final String LONG_WAIT = "mega.sink.jdbc.lock-wait-timeout=60s";

	@Test
	void completesAfterTheCommit() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "1:one").get()).isEqualTo(new Written());
			assertThat(names()).containsExactly("one");
		});
	}

	@Test
	void aLentThreadWritesALoneEvent() {
		Queue<Thread> threads = new ConcurrentLinkedQueue<>();
		DirectTransformer transformer = (event, connection) -> {
			threads.add(Thread.currentThread());
			insert(connection, threads.size(), event.text());
			// is no reason to lose anything, nor to leave the thread so
			Thread.currentThread().interrupt();
		};
		run(transformer, RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(lent(pipeline, event("one"))).isCompletedWithValue(List.of(new Written()));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			assertThat(submit(pipeline, "two").get()).isEqualTo(new Written());
			assertThat(names()).containsExactly("one", "two");
			assertThat(threads.remove()).isSameAs(Thread.currentThread());
			assertThat(threads.remove()).isNotSameAs(Thread.currentThread());
		});
	}

	@Test
	void writersGoOnWithWhatALentThreadCouldNotFinish() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			try (Connection other = HeldId.of(database, NAME, "held")) {
				CompletableFuture<List<EventOutcome>> held = lent(pipeline,
						Event.from(NAME.toString(), "1:n".getBytes(StandardCharsets.UTF_8)).id("held").build());
				assertThat(held).isNotDone();
				other.rollback();
				assertThat(held.get(10, TimeUnit.SECONDS)).containsExactly(new Written());
			}
			database.execute("RENAME TABLE item TO moved");
			assertThat(lent(pipeline, event("2:n"))).isCompletedExceptionally();
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			database.execute("RENAME TABLE moved TO item");
			await().atMost(30, TimeUnit.SECONDS).until(() -> pipeline.status().state() == PipelineState.RUNNING);
			assertThat(lent(pipeline, event("2:n"))).isCompletedWithValue(List.of(new Written()));
		});
	}

	private static CompletableFuture<List<EventOutcome>> lent(PushPipeline pipeline, Event event)
			throws InterruptedException {
		return pipeline.submit(List.of(event), Runnable::run);
	}

	@Test
	void skipsWithoutTransaction() {
		run((Transformer) (event) -> List.of(), RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "x").get()).isEqualTo(new Skipped());
			assertThat(pipeline.activity().lastEvent()).isNotNull();
		});
	}

	@Test
	void rejectsWhatTheTransformerRefuses() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "nonsense").get()).isInstanceOf(Rejected.class);
			assertThat(deadLetters()).isEmpty();
		});
	}

	@Test
	void storesWhatTheTransformerRefusesWhereTheInboundSaysSo() {
		run(items(), RejectPolicy.DEAD_LETTER, (pipeline) -> {
			EventOutcome outcome = submit(pipeline, "nonsense").get();
			assertThat(outcome).isInstanceOf(DeadLettered.class);
			assertThat(deadLetters()).singleElement()
				.satisfies((letter) -> assertThat(letter).containsEntry("id", ((DeadLettered) outcome).id())
					.containsEntry("reason", "TRANSFORM_FAILED")
					.containsEntry("pipeline", "test.events"));
			assertThat(jdbc.sql("SELECT data FROM mega_dead_letter_payload").query(byte[].class).single())
				.isEqualTo("nonsense".getBytes(StandardCharsets.UTF_8));
		});
	}

	@Test
	void doesNotAnswerWithWhatADatabaseToldTheTransformer() {
		run((Transformer) (event) -> {
			jdbc.sql("SELECT secret FROM nowhere").query(String.class).single();
			return List.of(item(event));
		}, RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "1:one").get()).isInstanceOf(DeadLettered.class);
			assertThat(pipeline.submit(List.of(event("2:two"), event("3:three"))).get())
				.hasOnlyElementsOfType(DeadLettered.class);
			assertThat(deadLetters()).hasSize(3);
		});
	}

	@Test
	void refusesNullFromATransformer() {
		run((Transformer) (event) -> null, RejectPolicy.ANSWER,
				(pipeline) -> assertThat(submit(pipeline, "x").get()).isInstanceOfSatisfying(Rejected.class,
						(rejected) -> assertThat(rejected.reason()).contains("returned null")));
	}

	@Test
	void refusesAnErrorOfATransformer() {
		run((Transformer) (event) -> {
			throw new StackOverflowError();
		}, RejectPolicy.ANSWER, (pipeline) -> assertThat(submit(pipeline, "x").get()).isInstanceOf(Rejected.class));
	}

	@Test
	void eventsThatWaitTogetherShareATransaction() {
		runAlone((pipeline) -> {
			Connection lock = holdWriter(pipeline);
			long before = commits();
			List<CompletableFuture<EventOutcome>> outcomes = new ArrayList<>();
			for (int i = 1; i <= 500; i++) {
				outcomes.add(submit(pipeline, i + ":n"));
			}
			lock.close();
			assertThat(outcomes).allSatisfy((outcome) -> assertThat(outcome.get()).isEqualTo(new Written()));
			assertThat(commits() - before).isLessThanOrEqualTo(3);
		});
	}

	@Test
	void eventsOfOneCallerShareATransaction() {
		runAlone((pipeline) -> {
			Connection lock = holdWriter(pipeline);
			long before = commits();
			CompletableFuture<EventOutcome> other = submit(pipeline, "1:n");
			CompletableFuture<List<EventOutcome>> outcomes = pipeline
				.submit(List.of(event("2:n"), event("nonsense"), event("3:far too long a name"), event("4:n")));
			CompletableFuture<EventOutcome> next = submit(pipeline, "5:n");
			lock.close();
			assertThat(outcomes.get()).satisfiesExactly((first) -> assertThat(first).isEqualTo(new Written()),
					(second) -> assertThat(second).isInstanceOf(Rejected.class),
					(third) -> assertThat(third).isInstanceOf(DeadLettered.class),
					(fourth) -> assertThat(fourth).isEqualTo(new Written()));
			assertThat(other.get()).isEqualTo(new Written());
			assertThat(next.get()).isEqualTo(new Written());
			assertThat(commits() - before).isLessThanOrEqualTo(4);
		});
	}

	@Test
	void takesEventsOfOneCallerNeverApart() {
		runAlone((pipeline) -> {
			Connection lock = holdWriter(pipeline);
			long before = commits();
			List<CompletableFuture<List<EventOutcome>>> all = new ArrayList<>();
			for (int i = 1; i <= 4; i++) {
				all.add(pipeline.submit(List.of(event(i + "1:n"), event(i + "2:n"), event(i + "3:n"))));
			}
			lock.close();
			assertThat(all).allSatisfy((outcomes) -> assertThat(outcomes.get()).containsOnly(new Written()).hasSize(3));
			// the held event; two callers' six events; two more
			assertThat(commits() - before).isLessThanOrEqualTo(4);
		}, "mega.sink.jdbc.batch-size=4");
	}

	@Test
	void boundsTheEventsThatWaitNotTheCallers() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			Connection lock = holdWriter(pipeline);
			CompletableFuture<List<EventOutcome>> four = pipeline
				.submit(List.of(event("1:n"), event("2:n"), event("3:n"), event("4:n")));
			assertThat(pipeline.submit(List.of(event("5:n"), event("6:n")))).isCompletedExceptionally();
			CompletableFuture<EventOutcome> fifth = submit(pipeline, "5:n");
			lock.close();
			assertThat(four.get()).hasSize(4).containsOnly(new Written());
			assertThat(fifth.get()).isEqualTo(new Written());
			assertThat(pipeline.submit(List.of(event("6:n"), event("7:n"), event("8:n"), event("9:n"), event("10:n")))
				.get()).hasSize(5);
		}, ONE_WRITER, LONG_WAIT, "mega.sink.jdbc.max-waiting=5");
	}

	@ParameterizedTest
	@CsvSource({ "356:twice,23000,1062,10,21", "357:far too long a name,22001,1406,-2,0" })
	void aBadEventIsFoundAmongThousandWithFewStatements(String bad, String sqlState, int vendorCode, long least,
			long most) {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			Connection lock = holdWriter(pipeline);
			List<CompletableFuture<EventOutcome>> outcomes = new ArrayList<>();
			for (int i = 1; i <= 1000; i++) {
				outcomes.add(submit(pipeline, (i == 357) ? bad : i + ":n"));
			}
			long before = inserts();
			lock.close();
			for (int i = 1; i <= 1000; i++) {
				assertThat(outcomes.get(i - 1).get()).isInstanceOf((i == 357) ? DeadLettered.class : Written.class);
			}
			assertThat(names()).hasSize(1000);
			assertThat(deadLetters()).singleElement()
				.satisfies((letter) -> assertThat(letter).containsEntry("reason", "DATABASE_REFUSED")
					.containsEntry("sql_state", sqlState)
					.containsEntry("vendor_code", vendorCode));
			// the held event, the clean statement, the token's, the letter's and its
			// payload's are not extra; what can be seen not to fit is written alone, and
			// the others are loaded, which is no insert
			assertThat(inserts() - before - 6).isBetween(least, most);
		}, ONE_WRITER, LONG_WAIT);
	}

	@Test
	void anIdThatAnotherTransactionHasHoldsUpNoNeighbour() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			List<CompletableFuture<EventOutcome>> outcomes = new ArrayList<>();
			try (Connection other = HeldId.of(database, NAME, "id50")) {
				for (int i = 1; i <= 100; i++) {
					outcomes.add(submit(pipeline, i + ":n", "id" + i));
				}
				CompletableFuture<EventOutcome> held = outcomes.remove(49);
				for (CompletableFuture<EventOutcome> outcome : outcomes) {
					assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(new Written());
				}
				assertThat(held).isNotDone();
				// the writers are free for others meanwhile
				for (int i = 101; i <= 110; i++) {
					assertThat(submit(pipeline, i + ":n", "id" + i).get(20, TimeUnit.SECONDS)).isEqualTo(new Written());
				}
				other.rollback();
				assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo(new Written());
			}
			assertThat(names()).hasSize(110);
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			try (Connection other = HeldId.of(database, NAME, "other")) {
				CompletableFuture<EventOutcome> held = submit(pipeline, "111:n", "other");
				assertThat(submit(pipeline, "112:n", "own").get(20, TimeUnit.SECONDS)).isEqualTo(new Written());
				other.commit();
				assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo(new Duplicate(false));
			}
		}, LONG_WAIT);
	}

	@Test
	void anEventSubmittedAgainWhileItWaitsIsADuplicate() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			Event event = Event.from(NAME.toString(), "1:n".getBytes(StandardCharsets.UTF_8)).id("again").build();
			Connection lock = holdWriter(pipeline);
			CompletableFuture<EventOutcome> first = pipeline.submit(event);
			CompletableFuture<EventOutcome> second = pipeline.submit(event);
			lock.close();
			assertThat(first.get()).isEqualTo(new Written());
			assertThat(second.get()).isEqualTo(new Duplicate(true));
		}, ONE_WRITER, LONG_WAIT);
	}

	@Test
	void waitsForAnOperatorInsteadOfTryingEachEvent() {
		run(items(), RejectPolicy.ANSWER, (pipeline) -> {
			database.execute("RENAME TABLE item TO moved");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> submit(pipeline, "1:one").get())
				.withCauseInstanceOf(PipelineUnavailableException.class);
			await().during(Duration.ofSeconds(2)).until(() -> pipeline.status().state() == PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).contains("item");
			database.execute("RENAME TABLE moved TO item");
			await().atMost(30, TimeUnit.SECONDS).until(() -> pipeline.status().state() == PipelineState.RUNNING);
			assertThat(submit(pipeline, "1:one").get()).isEqualTo(new Written());
		});
	}

	@Test
	void refusesAtOnceWhileTheDatabaseIsAwayAndComesBackByItself() {
		try (TestDatabase own = TestDatabase.createWithOwnServer()) {
			own.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL)");
			run(own, items(), RejectPolicy.ANSWER, (pipeline) -> {
				assertThat(submit(pipeline, "1:one").get()).isEqualTo(new Written());
				own.server().kill();
				assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> submit(pipeline, "2:two").get())
					.withCauseInstanceOf(PipelineUnavailableException.class);
				assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
				assertThat(submit(pipeline, "2:two")).isCompletedExceptionally();
				own.server().start();
				await().atMost(30, TimeUnit.SECONDS).until(() -> pipeline.status().state() == PipelineState.RUNNING);
				assertThat(submit(pipeline, "2:two").get()).isEqualTo(new Written());
				assertThat(JdbcClient.create(own.dataSource()).sql("SELECT id FROM item").query(Integer.class).list())
					.containsExactly(1, 2);
			});
		}
	}

	/**
	 * Makes the pipeline's only writer wait for a lock, so that events gather behind it.
	 * @return closed to let it go
	 */
	private static Connection holdWriter(PushPipeline pipeline) throws Exception {
		Connection connection = database.dataSource().getConnection();
		connection.setAutoCommit(false);
		insert(connection, 0, "lock");
		CompletableFuture<EventOutcome> held = submit(pipeline, "0:held");
		await().until(database::hasLockWait);
		assertThat(held).isNotDone();
		return connection;
	}

	/**
	 * Runs a pipeline with one writer, whose transactions are the only ones on the
	 * server.
	 */
	private static void runAlone(ThrowingConsumer<PushPipeline> test, String... properties) {
		runner(database, items(), RejectPolicy.ANSWER).withBean(SimpleMeterRegistry.class)
			.withPropertyValues(ONE_WRITER, LONG_WAIT)
			.withPropertyValues(properties)
			.run((context) -> {
				FirstRound.await(context);
				test.accept(context.getBean(PushPipeline.class));
			});
	}

	private static CompletableFuture<EventOutcome> submit(PushPipeline pipeline, String payload, String id)
			throws InterruptedException {
		return pipeline.submit(Event.from(NAME.toString(), payload.getBytes(StandardCharsets.UTF_8)).id(id).build());
	}

	private static Transformer items() {
		return (event) -> List.of(item(event));
	}

	private static SqlStatement item(Event event) {
		String[] parts = event.text().split(":");
		return Row.insert("item").set("id", Integer.valueOf(parts[0])).set("name", parts[1]);
	}

	private static List<Map<String, Object>> deadLetters() {
		return jdbc.sql("SELECT * FROM mega_dead_letter").query().listOfRows();
	}

	private static long commits() {
		return status("Com_commit");
	}

	private static long inserts() {
		return status("Com_insert");
	}

	private static long status(String name) {
		return jdbc.sql("SHOW GLOBAL STATUS LIKE '" + name + "'").query((row, number) -> row.getLong(2)).single();
	}

}
