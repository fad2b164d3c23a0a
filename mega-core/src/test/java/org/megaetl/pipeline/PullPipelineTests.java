package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.EventOutcome.Displaced;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PullPipeline} on a real database: rows and positions that belong
 * together, readers that are displaced, and what its adapter says of its source.
 */
class PullPipelineTests extends PullRuns {

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
			assertThat(names()).containsExactly("one", "two", "header");
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
	void deletesDeadLettersWithTheMoveTheyBelongTo() {
		run(items(), (pipeline) -> {
			Claim claim = pipeline.claim("a", "0");
			long letter = letterOf(pipeline.deliver(batch("a", 0, "far too long")));
			pipeline.deliver(
					new EventBatch(List.of(), List.of(claim.advance("1", "0").deletingDeadLetters(List.of(letter)))));
			assertThat(count("mega_dead_letter")).isZero();
			assertThat(count("mega_dead_letter_payload")).isZero();
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("0");
		});
	}

	@Test
	void doesNotMoveWhereADeadLetterIsGone() {
		run(items(), (pipeline) -> {
			Claim claim = pipeline.claim("a", "0");
			long letter = letterOf(pipeline.deliver(batch("a", 0, "far too long")));
			PositionAdvance back = claim.advance("1", "0", List.of(named("undone")));
			BatchResult result = pipeline
				.deliver(new EventBatch(List.of(), List.of(back.deletingDeadLetters(List.of(letter, letter + 1)))));
			assertThat(result.lostKeys()).containsExactly("a");
			assertThat(names()).isEmpty();
			assertThat(count("mega_dead_letter")).isOne();
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("1");
		});
	}

	private static long letterOf(BatchResult result) {
		return ((EventOutcome.DeadLettered) result.outcomes().get(0)).id();
	}

	private static int count(String table) {
		return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
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
	void runsAgainOnceItsSourceDoes() {
		run(items(), (pipeline) -> {
			pipeline.sourceUnavailable("a reader", "connection refused");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).isEqualTo("the source is not available: connection refused");
			pipeline.sourceAvailable("a reader");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
	}

	@Test
	void isRetryingAsLongAsOneOfItsReadersIs() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.sourceUnavailable("one", "connection refused");
			pipeline.sourceUnavailable("two", "unknown host");
			pipeline.sourceAvailable("two");
			pipeline.deliver(batch("a", 0, "one"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).endsWith("connection refused");
			pipeline.sourceAvailable("one");
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

	private static EventBatch both(EventBatch one, EventBatch other) {
		List<Event> events = new ArrayList<>(one.events());
		events.addAll(other.events());
		List<PositionAdvance> advances = new ArrayList<>(one.advances());
		advances.addAll(other.advances());
		return new EventBatch(events, advances);
	}

}
