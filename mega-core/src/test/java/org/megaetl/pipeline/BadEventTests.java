package org.megaetl.pipeline;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.SQLExceptionOverride;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.EventHeaders;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Duplicate;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sink.FailureClassifier;
import org.megaetl.sink.FailureKind;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what becomes of bad events where that is rare, and would lose or hold up
 * others.
 */
class BadEventTests extends DeliveryRuns {

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
	void waitsWhenEvenTheDeadLetterIsRefused() {
		try (TestDatabase other = TestDatabase.create()) {
			run(runner(other, (Transformer) (ignored) -> {
				throw new IllegalArgumentException("no");
			}), (pipelines) -> {
				other.execute("ALTER TABLE mega_dead_letter MODIFY message VARCHAR(1)");
				CompletableFuture<BatchResult> result = inBackground(pipelines, refused("bad", 1));
				await().until(() -> result.isDone() || pull(pipelines).status().state() == PipelineState.RETRYING);
				assertThat(result).isNotDone();
			});
		}
	}

	@Test
	void headersThatDoNotFitDoNotHoldUpTheDeadLetter() {
		try (TestDatabase small = TestDatabase.createWithOwnServer("--max-allowed-packet=1M")) {
			String large = "\u0001".repeat(5 << 20);
			Event event = Event.from("test.pull", "x".getBytes(StandardCharsets.UTF_8))
				.id(large)
				.key(large)
				.headers(EventHeaders.of("redis-id", "1-1", "picture", large, large, "after", "last", "é"))
				.build();
			run(runner(small, (Transformer) (ignored) -> {
				throw new IllegalArgumentException("no");
			}), (pipelines) -> assertThat(
					inBackground(pipelines, new EventBatch(List.of(event), List.of())).get(20, TimeUnit.SECONDS)
						.outcomes())
				.hasOnlyElementsOfType(DeadLettered.class));
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

	/**
	 * The pool takes some of these for the end of a connection.
	 */
	@ParameterizedTest
	@CsvSource({ "0A000, 1644", "57P01, 1644", "HY000, 1105" })
	void anEventIsRefusedWhateverTheStateThatATriggerSignals(String state, int code) {
		database.execute("CREATE TRIGGER picky BEFORE INSERT ON item FOR EACH ROW IF NEW.name = 'bad' THEN "
				+ "SIGNAL SQLSTATE '" + state + "' SET MYSQL_ERRNO = " + code + ", MESSAGE_TEXT = 'no'; END IF");
		run(runner(items()), (pipelines) -> {
			pull(pipelines).claim("a", "0");
			assertThat(inBackground(pipelines, batch("one", "bad", "two")).get(20, TimeUnit.SECONDS).outcomes())
				.extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(names()).containsExactlyInAnyOrder("one", "two");
		});
	}

	/**
	 * Only what is known of the connection can be reported then, so it takes a while.
	 */
	@Test
	void anEventIsRefusedThoughTheUserHasItsConnectionThrownAway() {
		database.execute("CREATE TRIGGER picky BEFORE INSERT ON item FOR EACH ROW IF NEW.name = 'bad' THEN "
				+ "SIGNAL SQLSTATE '0A000' SET MESSAGE_TEXT = 'not here'; END IF");
		run(runner(items()).withPropertyValues(
				"spring.datasource.hikari.exception-override-class-name=" + Evicting.class.getName()), (pipelines) -> {
					pull(pipelines).claim("a", "0");
					List<EventOutcome> outcomes = inBackground(pipelines, batch("one", "bad", "two"))
						.get(40, TimeUnit.SECONDS)
						.outcomes();
					assertThat(outcomes).extracting(Object::getClass)
						.containsExactly(Written.class, DeadLettered.class, Written.class);
					assertThat(((DeadLettered) outcomes.get(1)).reason()).contains("not here");
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

	/**
	 * What a user may have decided.
	 */
	public static final class Evicting implements SQLExceptionOverride {

		@java.lang.Override
		public Override adjudicate(SQLException failure) {
			return "0A000".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
		}

	}

}
