package org.megaetl.deadletter;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EngineRunner;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeadLetterService} on a real database.
 */
class DeadLetterServiceTests {

	private static final String PIPELINE = "test.events";

	private static TestDatabase database;

	private static JdbcClient jdbc;

	/** What the transformer thinks of every event at present. */
	private volatile @Nullable String refusal;

	private volatile @Nullable Event transformed;

	private @Nullable ReplayReport report;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
		jdbc = JdbcClient.create(database.dataSource());
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void createTable() {
		database.execute("CREATE TABLE item (body VARCHAR(10) NOT NULL)");
	}

	@AfterEach
	void dropTable() {
		database.execute("DROP TABLE item", "DELETE FROM mega_dead_letter", "DELETE FROM mega_dead_letter_payload",
				"DELETE FROM mega_inbox");
	}

	@Test
	void findsWhatWasStored() {
		run(items(), (pipeline, service) -> {
			this.refusal = "not today";
			Instant before = Instant.now().minusMillis(1);
			long id = store(pipeline,
					event("one").id("id-1 é".repeat(100))
						.key("key-1")
						.headers(EventHeaders.of("X-B", "2", "x-a", "1", "X-A", "é"))
						.position(SourcePosition.of("orders-3", "41", "42"))
						.timestamp(Instant.parse("2026-01-02T03:04:05.678Z")));
			DeadLetter letter = service.find(id).orElseThrow();
			assertThat(letter).usingRecursiveComparison()
				.ignoringFields("firstFailedAt", "lastFailedAt")
				.isEqualTo(new DeadLetter(id, PIPELINE, "orders-3", "41", "id-1 é".repeat(100), "key-1",
						Instant.parse("2026-01-02T03:04:05.678Z"),
						Map.of("X-B", List.of("2"), "x-a", List.of("1", "é")), 3, sha256("one".getBytes()), true,
						DeadLetterReason.TRANSFORM_FAILED, "not today", null, null, 1, before, before));
			assertThat(letter.firstFailedAt()).isEqualTo(letter.lastFailedAt())
				.isBetween(before.truncatedTo(ChronoUnit.MILLIS), Instant.now().plusMillis(1));
			assertThat(service.payload(letter)).hasValue("one".getBytes());
			assertThat(service.find(id + 1)).isEmpty();
		});
	}

	@Test
	void listsPageByPageAndCounts() {
		run(items(), (pipeline, service) -> {
			List<Long> ids = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				this.refusal = (i % 2 == 0) ? "no" : null;
				ids.add(0, store(pipeline, event("far too long for the table").id("id-" + i)));
			}
			assertThat(ids(service.list(DeadLetterFilter.ALL, Long.MAX_VALUE, 2))).isEqualTo(ids.subList(0, 2));
			assertThat(ids(service.list(DeadLetterFilter.ALL, ids.get(1), 10))).isEqualTo(ids.subList(2, 5));
			assertThat(service.counts(DeadLetterFilter.ALL)).containsExactly(
					new DeadLetterCount(PIPELINE, DeadLetterReason.DATABASE_REFUSED, 2),
					new DeadLetterCount(PIPELINE, DeadLetterReason.TRANSFORM_FAILED, 3));
			assertThat(service.countByPipeline()).containsOnly(Map.entry(PIPELINE, 5L));
			assertThat(chosen(service, DeadLetterFilter.ofPipeline("test.other"))).isEmpty();
			assertThat(chosen(service,
					new DeadLetterFilter(PIPELINE, DeadLetterReason.DATABASE_REFUSED, null, null, null)))
				.containsExactly(ids.get(1), ids.get(3));
			assertThat(chosen(service, new DeadLetterFilter(null, null, null, null, "id-4")))
				.containsExactly(ids.get(0));
			database
				.execute("UPDATE mega_dead_letter SET last_failed_at = '2026-01-01 12:00:00' WHERE id = " + ids.get(2));
			Instant noon = Instant.parse("2026-01-01T12:00:00Z");
			assertThat(chosen(service, new DeadLetterFilter(null, null, noon, noon.plusMillis(1), null)))
				.containsExactly(ids.get(2));
			assertThat(chosen(service, new DeadLetterFilter(null, null, null, noon, null))).isEmpty();
		});
	}

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

	@Test
	void saysThatAPipelineDoesNotExistAnyMore() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			database.execute("UPDATE mega_dead_letter SET pipeline = 'test.gone'");
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
			assertThat(result.message()).contains("no pipeline", "'test.gone'", "id: test.gone");
			assertThat(rows("mega_dead_letter")).isOne();
		});
	}

	@Test
	void otherNamespacesAreOutOfReach() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			database.execute("UPDATE mega_dead_letter SET namespace = 'other'");
			assertThat(service.find(id)).isEmpty();
			assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.GONE);
			assertThat(service.discard(id)).isFalse();
			assertThat(service.discard(DeadLetterFilter.ALL)).isZero();
			assertThat(service.purge(Instant.now().plusSeconds(60))).isZero();
			assertThat(rows("mega_dead_letter")).isOne();
		});
	}

	@Test
	void discards() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			for (int i = 0; i < 205; i++) {
				store(pipeline, event("n" + i));
			}
			this.refusal = null;
			long kept = store(pipeline, event("far too long for the table"));
			assertThat(service.discard(id)).isTrue();
			assertThat(service.discard(id)).isFalse();
			assertThat(service
				.discard(new DeadLetterFilter(PIPELINE, DeadLetterReason.TRANSFORM_FAILED, null, null, null)))
				.isEqualTo(205);
			assertThat(chosen(service, DeadLetterFilter.ALL)).containsExactly(kept);
			assertThat(rows("mega_dead_letter_payload")).isOne();
		});
	}

	@Test
	void deletesWhatIsExpired() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long old = store(pipeline, event("one"));
			long fresh = store(pipeline, event("two"));
			Instant now = Instant.now();
			database.execute(
					"UPDATE mega_dead_letter SET last_failed_at = UTC_TIMESTAMP() - INTERVAL 2 DAY WHERE id = " + old);
			assertThat(service.purge(now.minus(Duration.ofDays(1)))).isOne();
			assertThat(service.purge(now.minus(Duration.ofDays(1)))).isZero();
			assertThat(chosen(service, DeadLetterFilter.ALL)).containsExactly(fresh);
			assertThat(rows("mega_dead_letter_payload")).isOne();
		});
	}

	@Test
	void storesAndReplaysEveryPayloadByteForByte() {
		byte[] invalid = { (byte) 0xC3, 0x28, 0, (byte) 0xFF };
		byte[] large = new byte[64 << 20];
		new Random(1).nextBytes(large);
		Transformer transformer = (event) -> {
			this.transformed = event;
			if (this.refusal != null) {
				throw new IllegalArgumentException(this.refusal);
			}
			return List.of(Row.insert("item").set("body", event.payload().length));
		};
		run(transformer, (pipeline, service) -> {
			for (byte[] payload : List.of(new byte[0], invalid, large)) {
				this.refusal = "no";
				long id = ((EventOutcome.DeadLettered) pipeline.submit(Event.from(PIPELINE, payload).build()).get())
					.id();
				this.refusal = null;
				this.transformed = null;
				String hash = sha256(payload);
				assertThat(service.find(id)).hasValueSatisfying((letter) -> {
					assertThat(letter.payloadLength()).isEqualTo(payload.length);
					assertThat(letter.payloadSha256()).isEqualTo(hash);
				});
				assertThat(service.replay(id, false).outcome()).isEqualTo(Outcome.WRITTEN);
				assertThat(Arrays.equals(this.transformed.payload(), payload)).isTrue();
			}
			assertThat(bodies()).containsExactly("0", "4", "67108864");
		}, "mega.dead-letter.max-payload=64MB");
	}

	@Test
	void ofAPayloadThatIsTooLargeOnlyTheFactsAreStored() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("four").position(SourcePosition.of("p", "7", "8")));
			this.refusal = null;
			DeadLetter letter = service.find(id).orElseThrow();
			assertThat(letter.payloadStored()).isFalse();
			assertThat(letter.payloadLength()).isEqualTo(4);
			assertThat(letter.payloadSha256()).isEqualTo(sha256("four".getBytes()));
			assertThat(letter.position()).isEqualTo("7");
			assertThat(service.payload(letter)).isEmpty();
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
			assertThat(result.message()).contains("4 bytes", "mega.dead-letter.max-payload");
			assertThat(service.find(id)).isPresent();
		}, "mega.dead-letter.max-payload=3B");
	}

	@Test
	void ofMetadataThatIsTooLargeOnlyTheBeginningIsStored() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			// as JSON, longer than the column
			String large = "\0".repeat(5 << 20);
			List<String> headers = new ArrayList<>(List.of("redis-id", "1-1", "picture", large));
			for (int i = 0; i < 100_000; i++) {
				headers.addAll(List.of("n", "é"));
			}
			long id = store(pipeline,
					event("one").id(large).key(large).headers(EventHeaders.of(headers.toArray(String[]::new))));
			long whole = store(pipeline,
					event("two").key("k".repeat(1 << 16)).headers(EventHeaders.of("b", "\0".repeat(1_000_000))));
			this.refusal = null;
			DeadLetter letter = service.find(id).orElseThrow();
			String beginning = "\0".repeat(1999) + "…";
			assertThat(letter.eventId()).isEqualTo(beginning);
			assertThat(letter.eventKey()).isEqualTo(beginning);
			assertThat(letter.headers()).containsKeys("n")
				.containsEntry("redis-id", List.of("1-1"))
				.containsEntry("picture", List.of(beginning))
				.containsEntry("mega-shortened", List.of("id", "key", "headers"));
			assertThat(service.payload(letter)).hasValue("one".getBytes());
			ReplayResult result = service.replay(id, false);
			assertThat(result.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
			assertThat(result.message()).contains("its id, its key, its headers");
			assertThat(service.find(id)).isPresent();
			assertThat(service.replay(whole, false).outcome()).isEqualTo(Outcome.WRITTEN);
			assertThat(this.transformed).isNotNull();
			assertThat(this.transformed.headers().first("b")).hasSize(1_000_000);
		});
	}

	@Test
	void doesNotReplayAPayloadThatWasChanged() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("one"));
			this.refusal = null;
			database.execute("UPDATE mega_dead_letter_payload SET data = 'two'");
			assertThat(service.replay(id, false).message()).contains("incomplete or was changed");
			database.execute("DELETE FROM mega_dead_letter_payload");
			assertThat(service.replay(id, false).message()).contains("incomplete or was changed");
			assertThat(bodies()).isEmpty();
		});
	}

	@Test
	void exportsLinesOfJson() {
		byte[] binary = { (byte) 0xFF, 0, 1 };
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			for (int i = 0; i < 120; i++) {
				store(pipeline, event("n" + i));
			}
			long text = store(pipeline, event("é\n\"").headers(EventHeaders.of("a", "1")));
			pipeline.submit(Event.from(PIPELINE, binary).build()).get();
			String export;
			try (InputStream stream = service.export(DeadLetterFilter.ALL)) {
				store(pipeline, event("later"));
				export = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			List<JsonNode> lines = export.lines().map(JsonMapper.shared()::readTree).toList();
			assertThat(lines).hasSize(122);
			assertThat(lines.get(3).at("/payload/text").asString()).isEqualTo("n3");
			JsonNode line = lines.get(120);
			assertThat(line.get("id").asLong()).isEqualTo(text);
			assertThat(line.at("/payload/text").asString()).isEqualTo("é\n\"");
			assertThat(line.at("/headers/a/0").asString()).isEqualTo("1");
			assertThat(line.get("reason").asString()).isEqualTo("TRANSFORM_FAILED");
			assertThat(Instant.parse(line.get("lastFailedAt").asString())).isBeforeOrEqualTo(Instant.now());
			assertThat(Base64.getDecoder().decode(lines.get(121).at("/payload/base64").asString())).isEqualTo(binary);
			assertThat(lines.get(121).at("/payload").has("text")).isFalse();
		});
	}

	@Test
	void redactsValuesIfAskedTo() {
		run(items(), (pipeline, service) -> {
			database.execute("ALTER TABLE item MODIFY body VARCHAR(10) UNIQUE");
			assertThat(pipeline.submit(event("secret").build()).get()).isEqualTo(new EventOutcome.Written());
			EventOutcome outcome = pipeline.submit(event("secret").build()).get();
			assertThat(((EventOutcome.DeadLettered) outcome).reason()).contains("Duplicate entry '?'", "'body'")
				.doesNotContain("secret");
			this.refusal = "Cannot parse \"secret\"";
			store(pipeline, event("x"));
			assertThat(service.list(DeadLetterFilter.ALL, Long.MAX_VALUE, 10)).extracting(DeadLetter::message)
				.containsExactly("Cannot parse \"?\"", ((EventOutcome.DeadLettered) outcome).reason());
		}, "mega.dead-letter.redact-values=true");
	}

	@Test
	void keepsValuesOtherwise() {
		run(items(), (pipeline, service) -> {
			this.refusal = "Cannot parse \"value\"";
			store(pipeline, event("x"));
			assertThat(service.list(DeadLetterFilter.ALL, Long.MAX_VALUE, 10)).extracting(DeadLetter::message)
				.containsExactly("Cannot parse \"value\"");
		});
	}

	@Test
	void aSecondLetterOfAnIdIsNotStored() {
		run(items(), RejectPolicy.ANSWER, (pipeline, service) -> {
			store(pipeline, event("far too long for the table").id("a"));
			assertThat(pipeline.submit(event("far too long for the table").id("a").build()).get())
				.isEqualTo(new EventOutcome.Duplicate(true));
			assertThat(rows("mega_dead_letter")).isOne();
		});
	}

	private void run(TransformFunction transformer, Scenario test, String... properties) {
		run(transformer, RejectPolicy.DEAD_LETTER, test, properties);
	}

	private void run(TransformFunction transformer, RejectPolicy onReject, Scenario test, String... properties) {
		runWithContext(transformer, onReject,
				(context) -> test.accept(context.getBean(PushPipeline.class), context.getBean(DeadLetterService.class)),
				properties);
	}

	private void runWithContext(TransformFunction transformer, RejectPolicy onReject,
			ThrowingConsumer<ApplicationContext> test, String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withBean(PipelineSettings.class,
					() -> new PipelineSettings(new PipelineName("test", "events"), "items", null, onReject))
			.withUserConfiguration(PushConfiguration.class)
			.run(test::accept);
	}

	private Transformer items() {
		return (event) -> {
			this.transformed = event;
			if (this.refusal != null) {
				throw new IllegalArgumentException(this.refusal);
			}
			return List.of(Row.insert("item").set("body", event.text()));
		};
	}

	private static Event.Builder event(String payload) {
		return Event.from(PIPELINE, payload.getBytes(StandardCharsets.UTF_8));
	}

	private static long store(PushPipeline pipeline, Event.Builder event) throws Exception {
		EventOutcome outcome = pipeline.submit(event.build()).get(20, TimeUnit.SECONDS);
		assertThat(outcome).isInstanceOf(EventOutcome.DeadLettered.class);
		return ((EventOutcome.DeadLettered) outcome).id();
	}

	private static List<Long> chosen(DeadLetterService service, DeadLetterFilter filter) {
		return ids(service.list(filter, Long.MAX_VALUE, 100));
	}

	private static List<Long> ids(List<DeadLetter> letters) {
		return letters.stream().map(DeadLetter::id).toList();
	}

	private static List<String> bodies() {
		return jdbc.sql("SELECT body FROM item").query(String.class).list();
	}

	private static int rows(String table) {
		return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	private static String sha256(byte[] payload) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
	}

	/**
	 * What happens in an application.
	 */
	private interface Scenario {

		void accept(PushPipeline pipeline, DeadLetterService service) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class PushConfiguration {

		@Bean
		PushPipeline pipeline(Pipelines pipelines, PipelineSettings settings) {
			return pipelines.push(settings);
		}

	}

}
