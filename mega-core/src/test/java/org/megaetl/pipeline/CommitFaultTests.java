package org.megaetl.pipeline;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.sql.DataSource;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;

import org.springframework.util.function.ThrowingFunction;

import static org.assertj.core.api.Assertions.assertThat;
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

	/**
	 * As when the database is away for longer than marks are kept.
	 */
	@Test
	void whatWasCommittedIsADuplicateWhenItsMarkIsGone() throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(runner(items()).withPropertyValues(EngineRunner.through(proxy, database))
				.withPropertyValues("mega.sink.jdbc.connection-timeout=1s"), (pipelines) -> {
					proxy.cutAfterNextCommit();
					proxy.refuseConnections(true);
					Event event = Event.from("test.pull", "one".getBytes(StandardCharsets.UTF_8)).id("id").build();
					CompletableFuture<BatchResult> result = inBackground(pipelines,
							new EventBatch(List.of(event), List.of()));
					await().atMost(Duration.ofSeconds(30))
						.until(() -> result.isDone() || pull(pipelines).status().attempts() >= 1);
					assertThat(names()).containsExactly("one");
					database.execute("DELETE FROM mega_checkpoint WHERE position_key LIKE 'pull/%'");
					proxy.refuseConnections(false);
					assertThat(result.get(30, TimeUnit.SECONDS).outcomes())
						.containsExactly(new EventOutcome.Duplicate(true));
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

	@ParameterizedTest
	@ValueSource(strings = { "written", "write", "commit" })
	void aMeterThatFailsNeitherLosesNorDoublesWhatIsWritten(String tag) {
		MeterRegistry meters = new SimpleMeterRegistry() {

			@Override
			protected Counter newCounter(Meter.Id id) {
				Counter counter = super.newCounter(id);
				return tag.equals(id.getTag("outcome")) ? refusing(Counter.class, counter) : counter;
			}

			@Override
			protected Timer newTimer(Meter.Id id, DistributionStatisticConfig histogram, PauseDetector pauses) {
				Timer timer = super.newTimer(id, histogram, pauses);
				return tag.equals(id.getTag("phase")) ? refusing(Timer.class, timer) : timer;
			}

		};
		run(runner(items()).withBean(MeterRegistry.class, () -> meters), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one")).get(10, TimeUnit.SECONDS).outcomes())
				.containsExactly(new Written());
			assertThat(submit(pipelines, "two").get(10, TimeUnit.SECONDS)).isEqualTo(new Written());
			assertThat(names()).containsExactly("one", "two");
		});
	}

	/**
	 * Returns a meter that cannot measure.
	 */
	private static <M extends Meter> M refusing(Class<M> type, M meter) {
		return type.cast(Proxy.newProxyInstance(CommitFaultTests.class.getClassLoader(), new Class<?>[] { type },
				(proxy, method, args) -> {
					if (method.getName().equals("increment") || method.getName().equals("record")) {
						throw new IllegalStateException("cannot count");
					}
					return method.invoke(meter, args);
				}));
	}

}
