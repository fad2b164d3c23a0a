package org.megaetl.deadletter;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
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
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link DeadLetterService} on a real database: what is stored of a dead
 * letter, found, exported, discarded and purged.
 */
class DeadLetterServiceTests extends DeadLetterRuns {

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
	void anIdStaysUsedWhereThePayloadWasNotStored() {
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			long id = store(pipeline, event("four").id("x"));
			this.refusal = null;
			assertThat(service.replay(id, false).message())
				.contains("Send the event again from its source, under another id");
			assertThat(pipeline.submit(event("four").id("x").build()).get())
				.isEqualTo(new EventOutcome.Duplicate(true));
			// as the documentation says
			database.execute("DELETE FROM mega_inbox WHERE namespace = 'mega' AND pipeline = '" + PIPELINE
					+ "' AND event_key = UNHEX(SHA2('x', 256))");
			assertThat(pipeline.submit(event("four").id("x").build()).get()).isEqualTo(new EventOutcome.Written());
			assertThat(service.discard(id)).isTrue();
			assertThat(bodies()).containsExactly("four");
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
	void anExportThatIsClosedEarlyReadsNoMore() {
		AtomicInteger connections = new AtomicInteger();
		DataSource counted = new DelegatingDataSource(database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				connections.incrementAndGet();
				return super.getConnection();
			}

		};
		run(items(), (pipeline, service) -> {
			this.refusal = "no";
			for (int i = 0; i < 300; i++) {
				store(pipeline, event("n" + i));
			}
			DeadLetterService counting = new DeadLetterService(counted, new DataSourceTransactionManager(counted),
					new DeadLetterStore(counted, Clock.systemUTC(), DataSize.ofMegabytes(1), false), "mega",
					(name) -> null);
			InputStream export = counting.export(DeadLetterFilter.ALL);
			assertThat(export.read()).isEqualTo('{');
			int before = connections.get();
			export.close();
			assertThat(connections).hasValue(before);
			assertThatIOException().isThrownBy(export::readAllBytes).withMessage("The export was closed");
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

	private static String sha256(byte[] payload) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
	}

}
