package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.checkpoint.Claim;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Displaced;
import org.megaetl.pipeline.EventOutcome.Duplicate;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PullPipeline} on a real database. The audited table has no unique key:
 * what is written twice shows.
 */
class PullPipelineTests {

	private static final PipelineName NAME = new PipelineName("test", "events");

	/** Whoever waits for a lock waits for longer than a test takes. */
	private static final String LONG_WAIT = "mega.sink.jdbc.lock-wait-timeout=60s";

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
		database.execute("CREATE TABLE item (id INT, name VARCHAR(10) NOT NULL)");
	}

	@AfterEach
	void dropTables() {
		database.execute("DROP TABLE item", "DELETE FROM mega_dead_letter", "DELETE FROM mega_dead_letter_payload",
				"DELETE FROM mega_checkpoint", "DELETE FROM mega_inbox");
	}

	@Test
	void storesThePositionWithTheRows() {
		run(items(), (pipeline) -> {
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("0");
			BatchResult result = pipeline.deliver(batch("a", 0, "one", "two"));
			assertThat(result.outcomes()).containsExactly(new Written(), new Written());
			assertThat(names()).containsExactly("one", "two");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("2");
		});
	}

	@Test
	void movesOnWithoutEvents() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.deliver(new EventBatch(List.of(), List.of(new PositionAdvance("a", "0", "7", 1))));
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("7");
			assertThat(pipeline.positions()).singleElement()
				.satisfies((stored) -> assertThat(stored.position()).isEqualTo("7"));
		});
	}

	@Test
	void writesStatementsOfTheAdapterWithTheMoveTheyBelongTo() {
		run(items(), (pipeline) -> {
			Claim claim = pipeline.claim("a", "0");
			pipeline.deliver(new EventBatch(batch("a", 0, "one", "two").events(),
					List.of(claim.advance("0", "2", List.of(named("header"))))));
			assertThat(names()).containsExactly("header", "one", "two");
		});
	}

	@Test
	void undoesAndGoesBackInOneTransaction() {
		run(items(), (pipeline) -> {
			Claim claim = pipeline.claim("a", "0");
			pipeline.deliver(new EventBatch(batch("a", 0, "one", "two").events(), List.of(claim.advance("0", "2"))));
			pipeline.deliver(new EventBatch(List.of(), List
				.of(claim.advance("2", "1", List.of(SqlStatement.of("DELETE FROM item WHERE name = ?", "two"))))));
			assertThat(names()).containsExactly("one");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("1");
		});
	}

	@Test
	void writesNoStatementsOfAnAdapterThatIsDisplaced() {
		run(items(), (pipeline) -> {
			Claim former = pipeline.claim("a", "0");
			Claim other = pipeline.claim("b", "0");
			pipeline.claim("a", "0");
			pipeline.deliver(new EventBatch(List.of(), List.of(former.advance("0", "1", List.of(named("former"))),
					other.advance("0", "1", List.of(named("other"))))));
			assertThat(names()).containsExactly("other");
		});
	}

	@Test
	void blamesNoEventForStatementsOfTheAdapterThatTheDatabaseRefuses() throws Exception {
		run(items(), (pipeline) -> {
			Claim claim = pipeline.claim("a", "0");
			EventBatch batch = new EventBatch(batch("a", 0, "one", "two").events(),
					List.of(claim.advance("0", "2", List.of(SqlStatement.of("INSERT INTO missing VALUES (1)")))));
			CompletableFuture<BatchResult> result = CompletableFuture.supplyAsync(() -> {
				try {
					return pipeline.deliver(batch);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(pipeline.status().reason()).contains("missing"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			database.execute("CREATE TABLE missing (id INT)");
			assertThat(result.get().outcomes()).containsExactly(new Written(), new Written());
			database.execute("DROP TABLE missing");
		});
	}

	/**
	 * A transformer may become another one at any time.
	 */
	@Test
	void transformsABatchWithOneVersionOfItsTransformer() {
		AtomicInteger version = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		Transformer replaced = new Transformer() {

			@Override
			public List<? extends SqlStatement> transform(Event event) {
				throw new AssertionError("Not of a batch");
			}

			@Override
			public TransformerBatch openBatch() {
				int opened = version.get();
				return new TransformerBatch() {

					@Override
					public List<? extends SqlStatement> transform(Event event) {
						version.incrementAndGet();
						return List.of(named(event.text() + opened));
					}

					@Override
					public void close() {
						closed.incrementAndGet();
					}

				};
			}

		};
		run(replaced, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.deliver(batch("a", 0, "a", "b", "c"));
			pipeline.deliver(batch("a", 3, "d"));
			assertThat(names()).containsExactly("a0", "b0", "c0", "d3");
			assertThat(closed).hasValue(2);
		});
	}

	private static SqlStatement named(String name) {
		return Row.insert("item").set("id", 0).set("name", name);
	}

	@Test
	void aDisplacedReaderLosesThatPartOnly() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.claim("b", "0");
			pipeline.deliver(batch("a", 0, "other"));
			EventBatch stale = both(batch("a", 0, "one", "two"), batch("b", 0, "three"));
			BatchResult result = pipeline.deliver(stale);
			assertThat(result.lostKeys()).containsExactly("a");
			assertThat(result.outcomes()).containsExactly(new Displaced("a"), new Displaced("a"), new Written());
			assertThat(names()).containsExactly("other", "three");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("1");
			assertThat(pipeline.claim("b", "0").position()).isEqualTo("1");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
	}

	@Test
	void aFormerOwnerCannotMoveAPartThatIsClaimedAnew() {
		run(items(), (pipeline) -> {
			Claim former = pipeline.claim("a", "0");
			Claim latter = pipeline.claim("a", "0");
			assertThat(latter.position()).isEqualTo(former.position());
			EventBatch late = new EventBatch(batch("a", 0, "late").events(), List.of(former.advance("0", "1")));
			assertThat(pipeline.deliver(late).lostKeys()).containsExactly("a");
			EventBatch next = new EventBatch(batch("a", 0, "next").events(), List.of(latter.advance("0", "1")));
			assertThat(pipeline.deliver(next).lostKeys()).isEmpty();
			assertThat(names()).containsExactly("next");
		});
	}

	@Test
	void transformsABatchWhileAnotherIsWritten() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			TransformedBatch first = pipeline.transform(batch("a", 0, "one"));
			TransformedBatch second = pipeline.transform(batch("a", 1, "two"));
			assertThat(pipeline.deliver(first).outcomes()).containsExactly(new Written());
			assertThat(pipeline.deliver(second).outcomes()).containsExactly(new Written());
			assertThat(names()).containsExactly("one", "two");
		});
	}

	@Test
	void anEventThatItsAdapterRefusesIsADeadLetter() {
		run(items(), (pipeline) -> {
			Event refused = Event.from(NAME.toString(), new byte[0]).id("7").refusal("delivered 10 times").build();
			List<EventOutcome> outcomes = pipeline.deliver(new EventBatch(List.of(refused), List.of())).outcomes();
			assertThat(outcomes).singleElement()
				.isInstanceOfSatisfying(DeadLettered.class,
						(letter) -> assertThat(letter.reason()).isEqualTo("delivered 10 times"));
			assertThat(names()).isEmpty();
		});
	}

	@Test
	void runsAgainOnceItsSourceDoes() {
		run(items(), (pipeline) -> {
			pipeline.sourceUnavailable("connection refused");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).isEqualTo("the source is not available: connection refused");
			pipeline.sourceAvailable();
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
	}

	@Test
	void failsIfItsAdapterGivesUpUntilItIsResumed() {
		run(items(), (pipeline) -> {
			pipeline.fail("there is a gap");
			assertThatExceptionOfType(PipelineUnavailableException.class)
				.isThrownBy(() -> pipeline.deliver(batch("a", 0, "one")))
				.withMessageContaining("there is a gap");
			pipeline.resume();
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void looksUpTheOutcomeOfACommitThatWasCutOff(CapturedOutput output) throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(items(), (pipeline) -> {
				pipeline.claim("a", "0");
				proxy.cutAfterNextCommit();
				assertThat(pipeline.deliver(batch("a", 0, "one", "two")).outcomes()).containsExactly(new Written(),
						new Written());
				assertThat(proxy.hasCut()).isTrue();
				proxy.cutBeforeNextCommit();
				assertThat(pipeline.deliver(batch("a", 2, "three")).outcomes()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				assertThat(names()).containsExactly("one", "two", "three");
				assertThat(pipeline.claim("a", "0").position()).isEqualTo("3");
			}, EngineRunner.through(proxy, database));
		}
		assertThat(output).doesNotContain(" ERROR ");
	}

	@Test
	void looksUpTheOutcomeOfACommitWithoutPositions() throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(items(), (pipeline) -> {
				proxy.cutAfterNextCommit();
				assertThat(pipeline.deliver(identified("1:one")).outcomes()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				assertThat(names()).containsExactly("one");
			}, EngineRunner.through(proxy, database));
		}
	}

	@Test
	void anEventThatMakesTheServerCutTheConnectionBecomesADeadLetter() {
		Transformer transformer = (event) -> event.text().equals("killer")
				? List.of(SqlStatement.of("KILL CONNECTION_ID()")) : List.of(item(event));
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			BatchResult result = pipeline.deliver(batch("a", 0, "one", "killer", "two", "three"));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class, Written.class);
			assertThat(names()).containsExactly("one", "two", "three");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("4");
		});
	}

	@Test
	void waitsForAMissingTable() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			database.execute("RENAME TABLE item TO moved");
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one"));
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).contains("item");
			database.execute("RENAME TABLE moved TO item");
			await().atMost(Duration.ofSeconds(20)).until(result::isDone);
			assertThat(result.get().outcomes()).containsExactly(new Written());
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		});
	}

	@Test
	void aStoppedPipelineReleasesWhoeverWaitsForTheDatabase() {
		CompletableFuture<BatchResult> result = new CompletableFuture<>();
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			database.execute("RENAME TABLE item TO moved");
			OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one")).whenComplete((value, failure) -> {
				assertThat(failure).isNotNull();
				result.completeExceptionally(failure);
			});
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
		});
		database.execute("RENAME TABLE moved TO item");
		await().until(result::isCompletedExceptionally);
		assertThat(names()).isEmpty();
	}

	@Test
	void recognisesWhatWasHereBefore() {
		run(items(), (pipeline) -> {
			List<EventOutcome> outcomes = pipeline.deliver(identified("1:one", "2:two", "1:one", "2:other")).outcomes();
			assertThat(outcomes).containsExactly(new Written(), new Written(), new Duplicate(true),
					new Duplicate(false));
			assertThat(pipeline.deliver(identified("2:two", "3:three")).outcomes()).containsExactly(new Duplicate(true),
					new Written());
			assertThat(names()).containsExactly("one", "two", "three");
		});
	}

	@Test
	void oneOfManyAtTheSameMomentGetsTheId() {
		run(items(), (pipeline) -> {
			List<CompletableFuture<BatchResult>> results = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				results.add(OwnPipeline.deliverInBackground(pipeline, identified("1:one", "2:two", (i + 10) + ":own")));
			}
			for (CompletableFuture<BatchResult> result : results) {
				assertThat(result.get().outcomes().get(2)).isEqualTo(new Written());
			}
			assertThat(names()).hasSize(10).containsOnlyOnce("one").containsOnlyOnce("two");
		});
	}

	@Test
	void anIdThatAnotherTransactionHasHoldsUpNoNeighbour() {
		run(items(), (pipeline) -> {
			CompletableFuture<BatchResult> result;
			try (Connection other = heldId("2")) {
				result = OwnPipeline.deliverInBackground(pipeline, identified("1:one", "2:two", "3:three"));
				await().atMost(Duration.ofSeconds(20)).until(() -> names().equals(List.of("one", "three")));
				assertThat(result).isNotDone();
				other.rollback();
			}
			assertThat(result.get().outcomes()).containsOnly(new Written());
			assertThat(names()).containsExactly("one", "three", "two");
			try (Connection other = heldId("4")) {
				result = OwnPipeline.deliverInBackground(pipeline, identified("4:four", "5:five"));
				await().atMost(Duration.ofSeconds(20)).until(() -> names().contains("five"));
				other.commit();
			}
			assertThat(result.get().outcomes()).containsExactly(new Duplicate(false), new Written());
		}, LONG_WAIT);
	}

	@Test
	void noEventIsPassedOverForAnIdWherePositionsMove() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			List<Event> events = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				events.add(Event.from(NAME.toString(), ("n" + i).getBytes(StandardCharsets.UTF_8))
					.id("id" + i)
					.position(SourcePosition.of("a", String.valueOf(i), String.valueOf(i + 1)))
					.build());
			}
			CompletableFuture<BatchResult> result;
			try (Connection other = heldId("id1")) {
				result = OwnPipeline.deliverInBackground(pipeline,
						new EventBatch(events, List.of(new PositionAdvance("a", "0", "3", 1))));
				await().atMost(Duration.ofSeconds(20)).until(() -> names().equals(List.of("n0")));
				assertThat(position("a")).isEqualTo("1");
				other.rollback();
			}
			assertThat(result.get().outcomes()).containsOnly(new Written());
			assertThat(names()).containsExactly("n0", "n1", "n2");
			assertThat(position("a")).isEqualTo("3");
		}, LONG_WAIT);
	}

	private static String position(String key) {
		return jdbc.sql("SELECT position FROM mega_checkpoint WHERE position_key = ?")
			.param(key)
			.query(String.class)
			.single();
	}

	/**
	 * Has an id taken in a transaction that is not finished.
	 */
	private static Connection heldId(String id) throws SQLException {
		return HeldId.of(database, NAME, id);
	}

	@Test
	void aRefusedEventKeepsItsIdWithTheDeadLetter() {
		run(items(), (pipeline) -> {
			assertThat(pipeline.deliver(identified("1:far too long a name")).outcomes().get(0))
				.isInstanceOf(DeadLettered.class);
			assertThat(pipeline.deliver(identified("1:far too long a name")).outcomes())
				.containsExactly(new Duplicate(true));
		});
	}

	@Test
	void stopsWhenEverythingIsRefused() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			String bad = "far too long a name";
			pipeline.deliver(batch("a", 0, bad, bad, "good", bad, bad));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			pipeline.deliver(batch("a", 5, bad));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(pipeline.status().reason()).contains("3 events in a row");
			assertThatExceptionOfType(PipelineUnavailableException.class)
				.isThrownBy(() -> pipeline.deliver(batch("a", 6, "x")));
			pipeline.resume();
			assertThat(pipeline.deliver(batch("a", 6, "x")).outcomes()).containsExactly(new Written());
		}, "mega.dead-letter.stop-after.consecutive=3");
	}

	@Test
	void interruptsATransformerThatTakesTooLong() {
		Transformer transformer = (event) -> {
			if (event.text().equals("slow")) {
				new CompletableFuture<>().get();
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "slow", "two")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(jdbc.sql("SELECT message FROM mega_dead_letter").query(String.class).single())
				.contains("mega.transform.timeout");
		}, "mega.transform.timeout=1s");
	}

	@Test
	void interruptsADirectTransformerThatTakesTooLong() {
		DirectTransformer transformer = (event, connection) -> new CompletableFuture<>().get();
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "slow")).outcomes().get(0)).isInstanceOf(DeadLettered.class);
		}, "mega.transform.timeout=200ms");
	}

	@Test
	void aTransformerThatLeavesItsThreadInterruptedDoesNotEndTheAdapter() {
		Transformer transformer = (event) -> {
			Thread.currentThread().interrupt();
			if (event.text().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "bad")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
		run((DirectTransformer) (event, connection) -> Thread.currentThread().interrupt(), (pipeline) -> {
			pipeline.claim("b", "0");
			pipeline.deliver(batch("b", 0, "one"));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
	}

	@Test
	void anInterruptedExceptionOfATransformersOwnDoesNotEndTheAdapter() {
		Transformer transformer = (event) -> {
			if (event.text().equals("bad")) {
				throw new InterruptedException("its own");
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "bad", "two")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
		});
	}

	@Test
	void aTransformerMayUseItsListAgain() {
		List<SqlStatement> statements = new ArrayList<>();
		Transformer transformer = (event) -> {
			statements.clear();
			statements.add(item(event));
			return statements;
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.deliver(batch("a", 0, "one", "two"));
			assertThat(names()).containsExactly("one", "two");
		});
	}

	@Test
	void anAdapterIsInterruptedInATransformerWhenTheApplicationStops() {
		CompletableFuture<Thread> called = new CompletableFuture<>();
		Transformer transformer = (event) -> {
			called.complete(Thread.currentThread());
			while (!Thread.currentThread().isInterrupted()) {
				Thread.onSpinWait();
			}
			return List.of(item(event));
		};
		runWithContext(transformer, (context) -> {
			PullPipeline pipeline = context.getBean(PullPipeline.class);
			pipeline.claim("a", "0");
			CompletableFuture<Boolean> ended = new CompletableFuture<>();
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one"),
					(adapter) -> ended.complete(adapter.isInterrupted()));
			context.publishEvent(new ContextClosedEvent(context));
			called.get().interrupt();
			// where it had to wait for a connection, the interrupt is an exception by now
			boolean thrown = result.handle((value, failure) -> failure instanceof InterruptedException).get();
			assertThat(ended.get() || thrown).isTrue();
		});
	}

	@Test
	void failsThePipelineOfATransformerThatNeverReturns() {
		CompletableFuture<Void> release = new CompletableFuture<>();
		Transformer transformer = (event) -> {
			// an interrupt does not end it
			release.join();
			return List.of();
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "stuck"));
			await().until(() -> pipeline.status().state() == PipelineState.FAILED);
			assertThat(pipeline.status().reason()).contains("has not returned");
			release.complete(null);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(result::get)
				.withCauseInstanceOf(PipelineUnavailableException.class);
		}, "mega.transform.timeout=100ms", "mega.transform.grace=100ms");
	}

	@Test
	void aDirectTransformerWhoseConnectionIsCutIsNotCalledAgain() {
		AtomicInteger calls = new AtomicInteger();
		DirectTransformer transformer = (event, connection) -> {
			calls.incrementAndGet();
			try (Statement statement = connection.createStatement()) {
				while (true) {
					statement.execute("DO 0");
				}
			}
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThatExceptionOfType(PipelineUnavailableException.class)
				.isThrownBy(() -> pipeline.deliver(batch("a", 0, "stuck")))
				.withMessageContaining("connection was cut");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(calls).hasValue(1);
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		}, "mega.transform.timeout=100ms", "mega.transform.grace=100ms");
	}

	@Test
	void aFailedPipelineLetsGoOfABatchThatWaitsForTheDatabase() {
		Transformer transformer = (event) -> {
			if (event.text().equals("bad")) {
				throw new IllegalArgumentException("bad");
			}
			return List.of(SqlStatement.of("INSERT INTO no_such_table VALUES (1)"));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.claim("b", "0");
			CompletableFuture<BatchResult> waiting = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "good"));
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			pipeline.deliver(batch("b", 0, "bad", "bad", "bad"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			await().atMost(Duration.ofSeconds(4)).until(waiting::isCompletedExceptionally);
		}, "mega.dead-letter.stop-after.consecutive=3");
	}

	@Test
	void takesPayloadsOfAnySize() {
		run((Transformer) (event) -> List.of(Row.insert("item").set("id", event.payload().length).set("name", "n")),
				(pipeline) -> {
					pipeline.claim("a", "0");
					List<Event> events = List.of(event(new byte[0], "a", 0), event(new byte[64 << 20], "a", 1),
							event(new byte[] { -1, -2, -3 }, "a", 2));
					pipeline.deliver(new EventBatch(events, List.of(new PositionAdvance("a", "0", "3", 1))));
					assertThat(jdbc.sql("SELECT id FROM item").query(Integer.class).list()).containsExactly(0, 64 << 20,
							3);
				});
	}

	@Test
	void commitsWhatIsTooLargeInSmallerBatches() {
		database.execute("CREATE TABLE big (data LONGTEXT)", "CREATE TABLE raw_item (id INT)");
		run((Transformer) (event) -> List
			.of(SqlStatement.of("INSERT INTO big VALUES (?)", "x".repeat(Integer.parseInt(event.text())))),
				(pipeline) -> {
					pipeline.claim("a", "0");
					BatchResult result = pipeline.deliver(batch("a", 0, "10", "20000000", "20"));
					assertThat(result.outcomes()).extracting(Object::getClass)
						.containsExactly(Written.class, DeadLettered.class, Written.class);
					assertThat(pipeline.claim("a", "0").position()).isEqualTo("3");
				});
		database.execute("DROP TABLE big", "DROP TABLE raw_item");
	}

	@Test
	void eventsOfOnePositionAreCommittedTogetherWhateverIsWrongWithSomeOfThem() {
		Transformer transformer = (event) -> switch (event.text()) {
			case "killer" -> List.of(SqlStatement.of("KILL CONNECTION_ID()"));
			case "large" -> List.of(SqlStatement.of("INSERT INTO item VALUES (1, ?)", "x".repeat(20_000_000)));
			default -> List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			List<Event> events = new ArrayList<>(batch("a", 0, "first").events());
			for (String payload : List.of("one", "killer", "far too long a name", "two", "large", "three")) {
				events.add(event(payload.getBytes(StandardCharsets.UTF_8), "a", 1));
			}
			events.addAll(batch("a", 2, "last").events());
			BatchResult result = pipeline
				.deliver(new EventBatch(events, List.of(new PositionAdvance("a", "0", "3", 1))));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, Written.class, DeadLettered.class, DeadLettered.class, Written.class,
						DeadLettered.class, Written.class, Written.class);
			assertThat(names()).containsExactly("first", "one", "two", "three", "last");
			assertThat(position("a")).isEqualTo("3");
			// what is committed without a position leaves a mark
			assertThat(jdbc.sql("SELECT position_key FROM mega_checkpoint").query(String.class).list())
				.containsExactlyInAnyOrder("a", "push/probe");
		});
	}

	@Test
	void aDirectTransformersEventsOfOnePositionAreCommittedTogether() {
		DirectTransformer transformer = (event, connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute(event.text().equals("killer") ? "KILL CONNECTION_ID()"
						: "INSERT INTO item VALUES (1, '" + event.text() + "')");
			}
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			List<Event> events = new ArrayList<>();
			for (String payload : List.of("one", "killer", "two")) {
				events.add(event(payload.getBytes(StandardCharsets.UTF_8), "a", 0));
			}
			BatchResult result = pipeline
				.deliver(new EventBatch(events, List.of(new PositionAdvance("a", "0", "1", 1))));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(names()).containsExactly("one", "two");
		});
	}

	@Test
	void aStatementWithTheWrongNumberOfArgumentsHarmsNoNeighbour() {
		String sql = "INSERT INTO item VALUES (?, ?)";
		Transformer transformer = (event) -> switch (event.text()) {
			case "few" -> List.of(SqlStatement.of(sql, 1));
			case "many" -> List.of(SqlStatement.of(sql, 1, "many", "more"));
			case "none" -> List.of(SqlStatement.of(sql));
			default -> List.of(SqlStatement.of(sql, 1, event.text()));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "few", "two", "many", "none", "three")).outcomes())
				.extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class, DeadLettered.class,
						DeadLettered.class, Written.class);
			assertThat(names()).containsExactly("one", "two", "three");
		});
	}

	private static void run(TransformFunction transformer, ThrowingConsumer<PullPipeline> test, String... properties) {
		runWithContext(transformer, (context) -> test.accept(context.getBean(PullPipeline.class)), properties);
	}

	private static void runWithContext(TransformFunction transformer, ThrowingConsumer<ApplicationContext> test,
			String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(PullConfiguration.class)
			.run(test::accept);
	}

	private static EventBatch batch(String key, int from, String... payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.length; i++) {
			events.add(event(payloads[i].getBytes(StandardCharsets.UTF_8), key, from + i));
		}
		return new EventBatch(events,
				List.of(new PositionAdvance(key, String.valueOf(from), String.valueOf(from + payloads.length), 1)));
	}

	private static EventBatch both(EventBatch one, EventBatch other) {
		List<Event> events = new ArrayList<>(one.events());
		events.addAll(other.events());
		List<PositionAdvance> advances = new ArrayList<>(one.advances());
		advances.addAll(other.advances());
		return new EventBatch(events, advances);
	}

	private static Event event(byte[] payload, String key, int position) {
		return Event.from(NAME.toString(), payload)
			.position(SourcePosition.of(key, String.valueOf(position), String.valueOf(position + 1)))
			.build();
	}

	private static EventBatch identified(String... idsAndPayloads) {
		List<Event> events = new ArrayList<>();
		for (String each : idsAndPayloads) {
			String[] parts = each.split(":");
			events.add(Event.from(NAME.toString(), parts[1].getBytes(StandardCharsets.UTF_8)).id(parts[0]).build());
		}
		return new EventBatch(events, List.of());
	}

	private static Transformer items() {
		return (event) -> List.of(item(event));
	}

	private static SqlStatement item(Event event) {
		return Row.insert("item").set("id", 1).set("name", event.text());
	}

	private static List<String> names() {
		return jdbc.sql("SELECT name FROM item").query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	static class PullConfiguration {

		@Bean
		PullPipeline pipeline(Pipelines pipelines) {
			return pipelines.pull(new PipelineSettings(NAME, "items", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
