package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Duplicate;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of events with ids in a {@link PullPipeline}: each is written once, and an id
 * that another transaction has holds up no neighbour.
 */
class PullDuplicateTests extends PullRuns {

	/** Whoever waits for a lock waits for longer than a test takes. */
	private static final String LONG_WAIT = "mega.sink.jdbc.lock-wait-timeout=60s";

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

}
