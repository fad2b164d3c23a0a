package org.megaetl.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of replays by the {@link DeadLetterService}: what they come to, and what they
 * leave of a dead letter.
 */
class ReplayTests extends DeadLetterRuns {

	@Test
	void replaysWhatHasBeenMended() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			SourcePosition position = SourcePosition.of("p", "7", "8");
			long id = store(pipeline,
					event("one").id("id-1")
						.key("k")
						.headers(EventHeaders.of("a", "1", "A", "2"))
						.position(position)
						.timestamp(Instant.parse("2026-01-02T03:04:05.678Z")));
			this.refusal = null;
			assertThat(service.replay(id, false)).isEqualTo(new ReplayResult(id, Outcome.WRITTEN, null));
			assertThat(bodies()).containsExactly("one");
			assertThat(rows("mega_dead_letter")).isZero();
			assertThat(rows("mega_dead_letter_payload")).isZero();
			Event event = this.transformed;
			assertThat(event).isNotNull();
			assertThat(event.source()).isEqualTo(PIPELINE);
			assertThat(event.id()).isEqualTo("id-1");
			assertThat(event.key()).isEqualTo("k");
			assertThat(event.headers().all("a")).containsExactly("1", "2");
			assertThat(event.timestamp()).isEqualTo("2026-01-02T03:04:05.678Z");
			assertThat(event.position()).extracting(SourcePosition::key, SourcePosition::value)
				.containsExactly("p", "7");
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.GONE);
			assertThat(pipeline.submit(event("one").id("id-1").build()).get())
				.isEqualTo(new EventOutcome.Duplicate(true));
			assertThat(bodies()).containsExactly("one");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.999999999Z", "+55840-10-29T01:46:40Z",
			"0999-12-31T23:59:59Z", "+1000000000-12-31T23:59:59.999999999Z" })
	void theTransformerGetsTheTimeOfTheFirstTry(String time) {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			Event.Builder event = event("one").headers(EventHeaders.of("Mega-Timestamp", "none", "a", "1"));
			long id = store(pipeline, event.timestamp(Instant.parse(time)));
			assertThat(service.find(id)).hasValueSatisfying((letter) -> {
				assertThat(letter.timestamp()).isEqualTo(time);
				assertThat(letter.headers()).isEqualTo(Map.of("a", List.of("1")));
			});
			this.refusal = null;
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
			assertThat(this.transformed).isNotNull();
			assertThat(this.transformed.timestamp()).isEqualTo(time);
			assertThat(this.transformed.headers().toMap()).isEqualTo(Map.of("a", List.of("1")));
		});
	}

	@Test
	void whatFailsAgainKeepsItsIdAndHistory() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("far too long for the table"));
			database.execute(
					"UPDATE mega_dead_letter SET first_failed_at = '2026-01-01', " + "last_failed_at = '2026-01-01'");
			this.refusal = null;
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
			assertThat(result.message()).contains("Data too long");
			assertThat(service.list(DeadLetterFilter.ALL, Long.MAX_VALUE, 10)).singleElement().satisfies((letter) -> {
				assertThat(letter.id()).isEqualTo(id);
				assertThat(letter.attempts()).isEqualTo(2);
				assertThat(letter.reason()).isEqualTo(DeadLetterReason.DATABASE_REFUSED);
				assertThat(letter.sqlState()).isEqualTo("22001");
				assertThat(letter.vendorCode()).isEqualTo(1406);
				assertThat(letter.firstFailedAt()).isEqualTo("2026-01-01T00:00:00Z");
				assertThat(letter.lastFailedAt()).isAfter(Instant.now().minusSeconds(60));
				assertThat(service.payload(letter)).isPresent();
			});
		});
	}

	@Test
	void whatFailsAgainIsNotOnlyAnswered() {
		run(items(), RejectPolicy.ANSWER, (pipeline, service) -> {
			long id = store(pipeline, event("far too long for the table"));
			this.refusal = "no";
			assertThat(service.replay(id, false)).isEqualTo(new ReplayResult(id, Outcome.FAILED, "no"));
			assertThat(service.find(id)).hasValueSatisfying((letter) -> assertThat(letter.attempts()).isEqualTo(2));
		});
	}

	@Test
	void aSkippedOneIsNoDeadLetterAnyMore() {
		Transformer transformer = (event) -> {
			if (this.refusal != null) {
				throw new IllegalArgumentException(this.refusal);
			}
			return List.of();
		};
		run(transformer, (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			this.refusal = null;
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.SKIPPED);
			assertThat(rows("mega_dead_letter")).isZero();
		});
	}

	@Test
	void replaysThroughADirectTransformer() {
		DirectTransformer transformer = (event, connection) -> {
			try (var statement = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
				statement.setString(1, event.text());
				statement.executeUpdate();
			}
			if (this.refusal != null) {
				throw new IllegalArgumentException(this.refusal);
			}
		};
		run(transformer, (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			assertThat(service.replay(id, false)).isEqualTo(new ReplayResult(id, Outcome.FAILED, "no"));
			this.refusal = null;
			assertThat(service.replay(id, true).message()).contains("writes by itself");
			assertThat(bodies()).isEmpty();
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
			assertThat(bodies()).containsExactly("one");
		});
	}

	@Test
	void aDryRunWritesNothing() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			assertThat(service.replay(id, true)).isEqualTo(new ReplayResult(id, Outcome.FAILED, "no"));
			this.refusal = null;
			assertThat(service.replay(id, true))
				.isEqualTo(new ReplayResult(id, Outcome.WRITTEN, null, List.of("INSERT item (body=one)")));
			assertThat(service.replay(DeadLetterFilter.ALL, 10, true).results()).hasSize(1);
			assertThat(bodies()).isEmpty();
			assertThat(service.find(id)).hasValueSatisfying((letter) -> assertThat(letter.attempts()).isOne());
		});
	}

	@Test
	void replaysInOrderUpToALimitAndOnlyOnceEach() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			List<Long> ids = new ArrayList<>();
			for (int i = 0; i < 250; i++) {
				ids.add(store(pipeline, event((i == 7) ? "far too long for the table" : "n" + i)));
			}
			this.refusal = null;
			ReplayReport first = service.replay(DeadLetterFilter.ofPipeline(PIPELINE), 120, false);
			assertThat(first.results()).extracting(ReplayResult::id).containsExactlyElementsOf(ids.subList(0, 120));
			assertThat(first.count(Outcome.WRITTEN)).isEqualTo(119);
			assertThat(first.count(Outcome.FAILED)).isEqualTo(1);
			assertThat(first.complete()).isFalse();
			ReplayReport rest = service.replay(DeadLetterFilter.ALL, 1000, false);
			assertThat(rest.results()).hasSize(131);
			assertThat(rest.complete()).isTrue();
			assertThat(bodies()).hasSize(249).startsWith("n0", "n1").endsWith("n249");
			assertThat(service.find(ids.get(7)))
				.hasValueSatisfying((letter) -> assertThat(letter.attempts()).isEqualTo(3));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		}, "mega.dead-letter.stop-after.consecutive=0");
	}

	@Test
	void aReplayThatFailsDoesNotStopThePipeline() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			for (int i = 0; i < 4; i++) {
				store(pipeline, event("n" + i));
			}
			for (int i = 0; i < 3; i++) {
				assertThat(service.replay(DeadLetterFilter.ALL, 10, false).count(Outcome.FAILED)).isEqualTo(4);
			}
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		}, "mega.dead-letter.stop-after.consecutive=5");
	}

	@Test
	void replaysWhileThePipelineIsPausedOrHasFailed() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			store(pipeline, event("one"));
			long second = store(pipeline, event("two"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			this.refusal = null;
			assertThat(service.replay(second, false).outcome()).isEqualTo(Outcome.WRITTEN);
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			pipeline.resume();
			pipeline.pause();
			assertThat(service.replay(DeadLetterFilter.ALL, 10, false).count(Outcome.WRITTEN)).isOne();
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.PAUSED);
		}, "mega.dead-letter.stop-after.consecutive=2");
	}

	@Test
	void doesNotReplayWhatNoEventCouldBeReadFrom() {
		run(items(), (pipeline, service) -> {
			long id = store(pipeline,
					event("{}").headers(EventHeaders.of(Event.UNREADABLE, "true")).refusal("It has no type."));
			for (boolean dryRun : new boolean[] { true, false }) {
				ReplayResult result = service.replay(id, dryRun);
				assertThat(result.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
				assertThat(result.message()).contains("no event could be read (It has no type.)",
						"then discard the dead letter");
			}
			assertThat(this.transformed).isNull();
			assertThat(bodies()).isEmpty();
			assertThat(service.find(id)).isPresent();
		});
	}

	@Test
	void replaysAnEventWhoseSenderCallsItUnreadable() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one").headers(EventHeaders.of("Mega-Unreadable", "true")));
			this.refusal = null;
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
		});
	}

	@Test
	void saysThatAPipelineDoesNotExistAnyMore() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			database.execute("UPDATE mega_dead_letter SET pipeline = 'test.gone'");
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
			assertThat(result.message()).contains("no pipeline", "'test.gone'", "move its dead letters",
					"has never run, 'id: test.gone'");
			assertThat(rows("mega_dead_letter")).isOne();
			// as the documentation says
			database.execute("UPDATE mega_dead_letter SET pipeline = '" + PIPELINE
					+ "' WHERE namespace = 'mega' AND pipeline = 'test.gone'");
			this.refusal = null;
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
		});
	}

}
