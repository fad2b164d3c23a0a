package org.megaetl.deadletter;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.DatabaseRuns;
import org.megaetl.pipeline.EngineRunner;
import org.megaetl.pipeline.Sink;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeadLetterRelays}.
 */
class DeadLetterRelaysTests extends DatabaseRuns {

	private static final String INSERT = """
			INSERT INTO mega_dead_letter (id, namespace, pipeline, payload_length, payload_sha256, payload_stored, reason,
				attempts, first_failed_at, last_failed_at)
			VALUES (?, 'mega', ?, 0, '', FALSE, 'TRANSFORM_FAILED', 1, UTC_TIMESTAMP(), UTC_TIMESTAMP())""";

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.create());
	}

	@Test
	void sendsTheOldestOfItsPipelineOnce() {
		run((relays, jdbc) -> {
			List<Long> ids = letters(jdbc, "kafka.orders", 3);
			letters(jdbc, "kafka.others", 1);
			assertThat(sent(relays, 2)).containsExactlyElementsOf(ids.subList(0, 2));
			assertThat(sent(relays, 2)).containsExactly(ids.get(2));
			assertThat(sent(relays, 2)).isEmpty();
		});
	}

	@Test
	void sendsOneThatIsCommittedAfterAYoungerOne() {
		run((relays, jdbc) -> {
			List<Long> ids = letters(jdbc, "kafka.orders", 2);
			jdbc.sql("DELETE FROM mega_dead_letter WHERE id = ?").param(ids.get(0)).update();
			assertThat(sent(relays, 2)).containsExactly(ids.get(1));
			jdbc.sql(INSERT).params(ids.get(0), "kafka.orders").update();
			assertThat(sent(relays, 2)).containsExactly(ids.get(0));
		});
	}

	@Test
	void keepsWhatCouldNotBeSent() {
		run((relays, jdbc) -> {
			List<Long> ids = letters(jdbc, "kafka.orders", 2);
			assertThatIllegalStateException().isThrownBy(() -> relays.relay("kafka.orders", 10, (some) -> {
				throw new IllegalStateException("away");
			}));
			assertThat(sent(relays, 10)).containsExactlyElementsOf(ids);
		});
	}

	@Test
	void marksThoseThatWereSentWhereOthersWereNot() {
		run((relays, jdbc) -> {
			List<Long> ids = letters(jdbc, "kafka.orders", 3);
			relay(relays, 10, (some) -> List.of());
			relay(relays, 10, (some) -> some.subList(1, 2));
			assertThat(sent(relays, 10)).containsExactly(ids.get(0), ids.get(2));
		});
	}

	@Test
	void isStoppedAlsoWhereItsConnectionHasDied() {
		EngineRunner.on(database).run((context) -> {
			letters(jdbc, "kafka.orders", 1);
			DataSource dataSource = context.getBean(Sink.class).dataSource();
			assertThatExceptionOfType(InterruptedException.class)
				.isThrownBy(() -> context.getBean(DeadLetterRelays.class).relay("kafka.orders", 10, (some) -> {
					cut(DataSourceUtils.getConnection(dataSource));
					throw new InterruptedException();
				}))
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.isInstanceOf(TransactionException.class));
		});
	}

	private static void cut(Connection connection) {
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void anotherReplicaSendsNoneThatIsBeingSent() {
		run((relays, jdbc) -> {
			List<Long> ids = letters(jdbc, "kafka.orders", 3);
			CountDownLatch other = new CountDownLatch(1);
			CompletableFuture<List<Long>> late = other(relays, other);
			List<Long> sent = new ArrayList<>();
			relay(relays, 2, (some) -> {
				other.countDown();
				await().during(Duration.ofMillis(500)).until(() -> !late.isDone());
				sent.addAll(some);
				return some;
			});
			sent.addAll(late.join());
			sent.addAll(sent(relays, 10));
			assertThat(sent).containsExactlyInAnyOrderElementsOf(ids);
		});
	}

	private static CompletableFuture<List<Long>> other(DeadLetterRelays relays, CountDownLatch begin) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				begin.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return sent(relays, 10);
		});
	}

	private static List<Long> letters(JdbcClient jdbc, String pipeline, int count) {
		for (int i = 0; i < count; i++) {
			jdbc.sql(INSERT).params(null, pipeline).update();
		}
		return jdbc.sql("SELECT id FROM mega_dead_letter WHERE pipeline = ? ORDER BY id")
			.param(pipeline)
			.query(Long.class)
			.list();
	}

	private static List<Long> sent(DeadLetterRelays relays, int limit) {
		List<Long> sent = new ArrayList<>();
		relay(relays, limit, (some) -> {
			sent.addAll(some);
			return some;
		});
		return sent;
	}

	private static void relay(DeadLetterRelays relays, int limit, DeadLetterRelays.Relay relay) {
		try {
			relays.relay("kafka.orders", limit, relay);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void run(BiConsumer<DeadLetterRelays, JdbcClient> test) {
		EngineRunner.on(database).run((context) -> test.accept(context.getBean(DeadLetterRelays.class), jdbc));
	}

}
