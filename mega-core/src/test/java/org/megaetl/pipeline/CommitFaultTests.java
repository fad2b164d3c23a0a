package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.util.function.ThrowingFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of commits that are cut off, refused, or not the sink's: nothing is lost, and
 * nothing written twice.
 */
class CommitFaultTests extends DeliveryRuns {

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
				.withPropertyValues("mega.sink.jdbc.connection-timeout=1s"), (pipelines) -> {
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
	void commitsSmallerBatchesWhenOnlyTheCommitFindsTheBatchTooLarge() {
		commitsSmallerBatches(1197);
	}

	@Test
	void commitsSmallerBatchesWhenOnlyTheCommitFindsABadRow() {
		commitsSmallerBatches(1062);
	}

	/**
	 * It does not say that it is, and a member that cannot commit says the same.
	 */
	@Test
	void commitsSmallerBatchesWhenAReplicationGroupFindsTheBatchTooLarge() {
		commitsSmallerBatches(3100);
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
