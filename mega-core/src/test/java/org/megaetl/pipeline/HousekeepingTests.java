package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Housekeeping} on a real database.
 */
@ExtendWith(OutputCaptureExtension.class)
class HousekeepingTests extends DatabaseRuns {

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.create());
	}

	@Test
	void forgetsIdsThatAreOldEnough() {
		run(null, (context) -> {
			insertIds("mega", "test.events", 1, 2500, "8 DAY");
			insertIds("mega", "test.events", 2501, 10, "6 DAY");
			insertIds("other", "test.events", 1, 10, "8 DAY");
			insertIds("mega", "test.other", 1, 10, "8 DAY");
			context.getBean(Housekeeping.class).round();
			assertThat(ids("mega", "test.events")).isEqualTo(10);
			assertThat(ids("other", "test.events")).isEqualTo(10);
			assertThat(ids("mega", "test.other")).isEqualTo(10);
		});
	}

	@Test
	void anInboundHasARetentionOfItsOwn() {
		run(Duration.ofHours(2), (context) -> {
			insertIds("mega", "test.events", 1, 10, "3 HOUR");
			insertIds("mega", "test.events", 11, 10, "1 HOUR");
			context.getBean(Housekeeping.class).round();
			assertThat(ids("mega", "test.events")).isEqualTo(10);
		});
	}

	@Test
	void neitherWaitsForABatchNorMakesItWait(CapturedOutput output) {
		run(null, (context) -> {
			insertIds("mega", "test.events", 1, 20_000, "8 DAY");
			PushPipeline pipeline = context.getBean(PushPipeline.class);
			try (Connection batch = database.dataSource().getConnection()) {
				// a batch that never ends
				batch.setAutoCommit(false);
				try (var statement = batch.createStatement()) {
					statement.executeUpdate(insert("mega", "test.events", 30_001, 1000, "0 DAY"));
				}
				CompletableFuture<Void> round = CompletableFuture.runAsync(() -> round(context));
				long slowest = 0;
				int sent = 0;
				while (!round.isDone()) {
					long start = System.nanoTime();
					pipeline.submit(event("id-" + sent++)).get(20, TimeUnit.SECONDS);
					slowest = Math.max(slowest, System.nanoTime() - start);
				}
				round.get();
				batch.rollback();
				assertThat(ids("mega", "test.events")).isEqualTo(sent);
				assertThat(sent).isGreaterThan(20);
				assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(10));
				assertThat(output).doesNotContain("Housekeeping failed");
			}
		}, "mega.sink.jdbc.lock-wait-timeout=60s");
	}

	@Test
	void severalAtOnceDeleteEverythingOnce() {
		run(null, (context) -> {
			insertIds("mega", "test.events", 1, 10_000, "8 DAY");
			List<CompletableFuture<Void>> rounds = List.of(CompletableFuture.runAsync(() -> round(context)),
					CompletableFuture.runAsync(() -> round(context)), CompletableFuture.runAsync(() -> round(context)));
			for (CompletableFuture<Void> round : rounds) {
				round.get(60, TimeUnit.SECONDS);
			}
			assertThat(ids("mega", "test.events")).isZero();
		});
	}

	@Test
	void deletesMarksOfWritersThatAreGone() {
		run(null, (context) -> {
			for (String key : List.of("push/a/0", "pull/b", "replay/c/1", "probe", "push/position")) {
				jdbc.sql("INSERT INTO mega_checkpoint VALUES ('mega', 'test.events', ?, ?, NULL, 0, "
						+ "UTC_TIMESTAMP() - INTERVAL 2 DAY)")
					.params(key, key.equals("push/position") ? "7" : "")
					.update();
			}
			jdbc.sql("INSERT INTO mega_checkpoint VALUES ('mega', 'test.events', 'push/d/0', '', NULL, 0, "
					+ "UTC_TIMESTAMP() - INTERVAL 1 HOUR), "
					+ "('other', 'test.events', 'push/a/0', '', NULL, 0, UTC_TIMESTAMP() - INTERVAL 2 DAY)")
				.update();
			context.getBean(Housekeeping.class).round();
			assertThat(jdbc.sql("SELECT CONCAT(namespace, ':', position_key) FROM mega_checkpoint ORDER BY 1")
				.query(String.class)
				.list()).containsExactly("mega:probe", "mega:push/d/0", "mega:push/position", "other:push/a/0");
		});
	}

	@Test
	void deletesDeadLettersOnlyIfARetentionIsSet() {
		run(null, (context) -> {
			insertLetter("2 DAY");
			context.getBean(Housekeeping.class).round();
			assertThat(letters()).isOne();
		});
		run(null, (context) -> {
			insertLetter("1 HOUR");
			context.getBean(Housekeeping.class).round();
			assertThat(letters()).isOne();
		}, "mega.dead-letter.retention=1d");
	}

	@Test
	void countsDeadLettersByItself() {
		insertTablesAndLetter();
		run(null, (context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("mega.dead.letters").tag("pipeline", "test.events").gauge().value()).isEqualTo(1);
		});
	}

	@Test
	void saysOnceThatItFailsAndOnceThatItWorksAgain(CapturedOutput output) {
		run(null, (context) -> {
			Housekeeping housekeeping = context.getBean(Housekeeping.class);
			database.execute("RENAME TABLE mega_inbox TO elsewhere");
			try {
				housekeeping.round();
				housekeeping.round();
			}
			finally {
				database.execute("RENAME TABLE elsewhere TO mega_inbox");
			}
			housekeeping.round();
			housekeeping.round();
			assertThat(output.getOut().split("Housekeeping failed and will be tried again", -1)).hasSize(2);
			assertThat(output.getOut().split("Housekeeping works again", -1)).hasSize(2);
			assertThat(output).contains("the ids of pipeline 'test.events': Table", "mega_inbox' doesn't exist");
		});
	}

	@Test
	void goesOnAfterAnError(CapturedOutput output) {
		run(null, (context) -> {
			Sink sink = context.getBean(Sink.class);
			Sink broken = new Sink(sink.dataSource(), new BrokenTransactions(), sink.rows(), sink.checkpoints(),
					sink.inbox(), sink.deadLetters(), sink.classifier());
			Housekeeping housekeeping = new Housekeeping(context.getBean(Pipelines.class), broken,
					context.getBean(DeadLetterService.class),
					new Housekeeping.Settings("mega", Duration.ofDays(1), null), new SimpleMeterRegistry(),
					Clock.systemUTC());
			housekeeping.start();
			try {
				await()
					.until(() -> output.getOut().contains("will be tried again: the count of dead letters: too deep"));
			}
			finally {
				housekeeping.stop();
			}
		});
	}

	@Test
	void aStopIsNoFailure(CapturedOutput output) {
		run(null, (context) -> {
			Housekeeping housekeeping = context.getBean(Housekeeping.class);
			HikariDataSource pool = (HikariDataSource) context.getBean(Sink.class).dataSource();
			housekeeping.stop();
			try (Connection only = pool.getConnection()) {
				housekeeping.start();
				await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
				housekeeping.stop();
				assertThat(output).doesNotContain("Housekeeping failed");
			}
		}, "mega.sink.jdbc.maximum-pool-size=1", "mega.sink.jdbc.connection-timeout=60s");
	}

	private void insertTablesAndLetter() {
		run(null, (context) -> insertLetter("1 HOUR"));
	}

	private static void round(ApplicationContext context) {
		try {
			context.getBean(Housekeeping.class).round();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Event event(String id) {
		return Event.from("test.events", id.getBytes(StandardCharsets.UTF_8)).id(id).build();
	}

	private static void insertIds(String namespace, String pipeline, int first, int count, String age) {
		database.execute(insert(namespace, pipeline, first, count, age));
	}

	private static String insert(String namespace, String pipeline, int first, int count, String age) {
		String digit = "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 "
				+ "UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
		String numbers = "(SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n FROM " + digit + " a, "
				+ digit + " b, " + digit + " c, " + digit + " d, " + digit + " e) numbers";
		return "INSERT INTO mega_inbox SELECT '" + namespace + "', '" + pipeline + "', UNHEX(SHA2(n, 256)), "
				+ "UNHEX(SHA2(n, 256)), REPEAT('x', 16), UTC_TIMESTAMP(3) - INTERVAL " + age + " FROM " + numbers
				+ " WHERE n >= " + first + " AND n < " + (first + count);
	}

	private static void insertLetter(String age) {
		database.execute("INSERT INTO mega_dead_letter (namespace, pipeline, payload_length, payload_sha256, "
				+ "payload_stored, reason, attempts, first_failed_at, last_failed_at) VALUES ('mega', 'test.events', "
				+ "0, REPEAT('x', 32), TRUE, 'TRANSFORM_FAILED', 1, UTC_TIMESTAMP() - INTERVAL 9 DAY, "
				+ "UTC_TIMESTAMP() - INTERVAL " + age + ")");
	}

	private static int ids(String namespace, String pipeline) {
		return jdbc.sql("SELECT COUNT(*) FROM mega_inbox WHERE namespace = ? AND pipeline = ?")
			.params(namespace, pipeline)
			.query(Integer.class)
			.single();
	}

	private static int letters() {
		return jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single();
	}

	private static void run(@Nullable Duration idRetention, ThrowingConsumer<ApplicationContext> test,
			String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean(SimpleMeterRegistry.class)
			.withBean("nothing", Transformer.class, () -> (event) -> List.of())
			.withBean(PipelineSettings.class,
					() -> new PipelineSettings(new PipelineName("test", "events"), "nothing", null, RejectPolicy.ANSWER,
							idRetention, null))
			.withUserConfiguration(PushRuns.PushConfiguration.class)
			.run((context) -> {
				FirstRound.await(context);
				test.accept(context);
			});
	}

	/**
	 * Whatever may go wrong in a driver.
	 */
	private static final class BrokenTransactions implements PlatformTransactionManager {

		@Override
		public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
			throw new StackOverflowError("too deep");
		}

		@Override
		public void commit(TransactionStatus status) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void rollback(TransactionStatus status) {
			throw new UnsupportedOperationException();
		}

	}

}
