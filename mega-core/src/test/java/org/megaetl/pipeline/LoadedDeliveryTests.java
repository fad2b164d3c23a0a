package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of batches large enough for their rows to be loaded: they end as if the rows were
 * inserted.
 */
class LoadedDeliveryTests {

	private static final int BATCHES = 40;

	private static final int BATCH = 300;

	private static TestDatabase database;

	private static JdbcClient jdbc;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.createWithOwnServer();
		jdbc = JdbcClient.create(database.dataSource());
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void createTable() {
		// without a key: what is written twice shows
		database.execute("CREATE OR REPLACE TABLE item (id INT, name VARCHAR(10) NOT NULL, part INT)");
		if (!jdbc.sql("SHOW TABLES LIKE 'mega_checkpoint'").query(String.class).list().isEmpty()) {
			database.execute("DELETE FROM mega_dead_letter", "DELETE FROM mega_dead_letter_payload",
					"DELETE FROM mega_checkpoint");
		}
	}

	@Test
	void badEventsBecomeTheSameDeadLetters() {
		long before = loads();
		List<String> expected = deliver("never");
		assertThat(loads()).isEqualTo(before);
		createTable();
		List<String> loaded = deliver("auto");
		assertThat(loads()).isGreaterThan(before + 5);
		assertThat(loaded).isEqualTo(expected);
	}

	/**
	 * Delivers good batches, then some of which each has bad events, then good ones.
	 * @return the rows and the dead letters
	 */
	private static List<String> deliver(String loadData) {
		Random random = new Random(7);
		run(loadData, "", (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			pipeline.claim("a", "0");
			for (int batch = 0; batch < BATCHES; batch++) {
				List<String> payloads = new ArrayList<>();
				for (int i = 0; i < BATCH; i++) {
					payloads.add((batch * BATCH + i) + " name" + i);
				}
				for (int bad = (batch % 4 == 1) ? 3 : 0; bad > 0; bad--) {
					int i = random.nextInt(BATCH);
					payloads.set(i, (batch * BATCH + i) + (random.nextBoolean() ? " much too long a name" : " none"));
				}
				pipeline.deliver(LoadedBatch.of(batch * BATCH, payloads));
			}
		});
		List<String> written = new ArrayList<>(
				jdbc.sql("SELECT CONCAT(id, ' ', name) FROM item ORDER BY id").query(String.class).list());
		written.addAll(jdbc
			.sql("SELECT CONCAT_WS(' ', position, sql_state, vendor_code, message) FROM mega_dead_letter ORDER BY id")
			.query(String.class)
			.list());
		assertThat(written).hasSize(BATCHES * BATCH);
		return written;
	}

	@Test
	void aBatchWhoseConnectionIsKilledWhileItIsLoadedIsWrittenOnce() throws Exception {
		database.execute("ALTER TABLE item ADD UNIQUE (id)");
		run("auto", "", (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			pipeline.claim("a", "0");
			try (Connection lock = database.dataSource().getConnection()) {
				CompletableFuture<BatchResult> result = deliverUntilARowIsHeld(pipeline, lock);
				database.execute("KILL " + LoadedBatch.connection(jdbc).orElseThrow());
				await().until(() -> LoadedBatch.connection(jdbc).isPresent() || result.isDone());
				assertThat(result).isNotDone();
				lock.rollback();
				assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).hasSize(BATCH)
					.hasOnlyElementsOfType(EventOutcome.Written.class);
			}
			assertThat(count()).isEqualTo(BATCH);
		});
	}

	@Test
	void aBatchThatIsHeldUpByALockWhileItIsLoadedIsTriedAgain() throws Exception {
		database.execute("ALTER TABLE item ADD UNIQUE (id)");
		run("auto", "mega.sink.jdbc.lock-wait-timeout=1s", (pipelines) -> {
			PullPipeline pipeline = pull(pipelines);
			pipeline.claim("a", "0");
			try (Connection lock = database.dataSource().getConnection()) {
				CompletableFuture<BatchResult> result = deliverUntilARowIsHeld(pipeline, lock);
				await().until(() -> result.isDone() || pipeline.status().state() == PipelineState.RETRYING);
				assertThat(result).isNotDone();
				lock.rollback();
				assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).hasSize(BATCH)
					.hasOnlyElementsOfType(EventOutcome.Written.class);
			}
			assertThat(count()).isEqualTo(BATCH);
		});
	}

	@Test
	void aLoadedBatchIsWrittenOnceWhenTheCommitIsCutOff() throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run("auto", EngineRunner.through(proxy, database)[0], (pipelines) -> {
				PullPipeline pipeline = pull(pipelines);
				pipeline.claim("a", "0");
				long before = loads();
				for (int batch = 0; batch < 4; batch++) {
					if (batch % 2 == 0) {
						proxy.cutAfterNextCommit();
					}
					else {
						proxy.cutBeforeNextCommit();
					}
					assertThat(pipeline.deliver(LoadedBatch.of(batch * BATCH, good(batch * BATCH))).outcomes())
						.hasOnlyElementsOfType(EventOutcome.Written.class);
					assertThat(proxy.hasCut()).isTrue();
				}
				assertThat(count()).isEqualTo(4 * BATCH);
				assertThat(loads() - before).isGreaterThanOrEqualTo(4);
			});
		}
	}

	/**
	 * Delivers a batch of which a row is written by another transaction already, so that
	 * it is half loaded.
	 */
	private static CompletableFuture<BatchResult> deliverUntilARowIsHeld(PullPipeline pipeline, Connection lock)
			throws SQLException {
		lock.setAutoCommit(false);
		try (Statement statement = lock.createStatement()) {
			statement.executeUpdate("INSERT INTO item VALUES (150, 'held', 0)");
		}
		CompletableFuture<BatchResult> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(pipeline.deliver(LoadedBatch.of(0, good(0))));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		await().until(() -> LoadedBatch.connection(jdbc).isPresent() || result.isDone());
		return result;
	}

	private static long loads() {
		return jdbc.sql("SHOW GLOBAL STATUS LIKE 'Com_load'").query((row, number) -> row.getLong(2)).single();
	}

	private static long count() {
		return jdbc.sql("SELECT COUNT(*) FROM item").query(Long.class).single();
	}

	private static List<String> good(int first) {
		return IntStream.range(first, first + BATCH).mapToObj((i) -> i + " name").toList();
	}

	private static Transformer items() {
		return (event) -> {
			String[] parts = event.text().split(" ", 2);
			return List.of(Row.insert("item")
				.set("id", Integer.valueOf(parts[0]))
				.set("name", parts[1].equals("none") ? null : parts[1])
				.set("part", 1));
		};
	}

	private static void run(String loadData, String property, ThrowingConsumer<Pipelines> test) {
		ApplicationContextRunner runner = EngineRunner.on(database)
			.withBean("items", TransformFunction.class, LoadedDeliveryTests::items)
			.withUserConfiguration(OnePipeline.class)
			.withPropertyValues("mega.sink.jdbc.load-data=" + loadData);
		(property.isEmpty() ? runner : runner.withPropertyValues(property))
			.run((context) -> test.accept(context.getBean(Pipelines.class)));
	}

	private static PullPipeline pull(Pipelines pipelines) {
		return (PullPipeline) pipelines.all().iterator().next();
	}

	@Configuration(proxyBeanMethods = false)
	static class OnePipeline {

		@Bean
		PullPipeline pull(Pipelines pipelines) {
			return pipelines
				.pull(new PipelineSettings(new PipelineName("test", "pull"), "items", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
