package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what happens to a database while it is used: none of it loses or doubles an
 * event, or makes a dead letter. With snapshot isolation, as MariaDB has it from 11.8 on.
 */
class DatabaseTroubleTests extends DatabaseRuns {

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.createWithOwnServer("--innodb-snapshot-isolation=ON"));
		// unlike root, not above read_only and max_connections
		database.execute("CREATE USER app IDENTIFIED BY 'app'", "GRANT ALL ON `" + database.name() + "`.* TO app");
	}

	@BeforeEach
	void createTable() {
		database
			.execute("CREATE TABLE item (id INT, name VARCHAR(10) NOT NULL, times INT NOT NULL DEFAULT 1, KEY (id))");
	}

	@AfterEach
	void thereIsNoDeadLetter() {
		assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
	}

	@Test
	void pipelinesThatUpdateTheSameRowsInOppositeOrderLoseNothing() {
		database.execute("ALTER TABLE item DROP KEY id, ADD PRIMARY KEY (id)");
		assertThat(jdbc.sql("SELECT @@innodb_snapshot_isolation").query(Integer.class).single()).isOne();
		// it takes a while, or they would not meet where there is one processor
		String sql = "INSERT INTO item (id, name) VALUES (?, 'n') "
				+ "ON DUPLICATE KEY UPDATE times = times + 1 + SLEEP(0.001)";
		Transformer transformer = (event) -> List.of(SqlStatement.of(sql, Integer.valueOf(event.text())));
		long before = deadlocks();
		AtomicInteger rounds = new AtomicInteger();
		int size = 200;
		run(transformer, (pipelines) -> {
			List<CompletableFuture<Void>> ends = new ArrayList<>();
			for (int p = 0; p < 2; p++) {
				boolean descending = p == 1;
				PullPipeline pipeline = pipelines.get(p);
				pipeline.claim("a", "0");
				ends.add(inBackground(() -> {
					// until they have met, and a little longer
					for (int round = 0; round < 5 || (deadlocks() < before + 3 && round < 1000); round++) {
						rounds.incrementAndGet();
						String[] ids = new String[size];
						for (int i = 0; i < size; i++) {
							ids[i] = String.valueOf(descending ? size - 1 - i : i);
						}
						assertThat(pipeline.deliver(batch(round * size, ids)).outcomes()).containsOnly(new Written());
					}
				}));
			}
			for (CompletableFuture<Void> end : ends) {
				end.get(60, TimeUnit.SECONDS);
			}
		});
		assertThat(jdbc.sql("SELECT DISTINCT times FROM item").query(Integer.class).list())
			.containsExactly(rounds.get());
		assertThat(deadlocks()).as("deadlocks provoked").isGreaterThan(before);
	}

	@Test
	void followsATableThatIsSwappedUnderLoad() {
		run(items(), (pipelines) -> {
			PullPipeline pipeline = pipelines.get(0);
			pipeline.claim("a", "0");
			CompletableFuture<Void> swapped = new CompletableFuture<>();
			CompletableFuture<Integer> delivered = new CompletableFuture<>();
			inBackground(() -> {
				int position = 0;
				while (!swapped.isDone()) {
					assertThat(pipeline.deliver(batch(position, "x", "y", "z")).outcomes()).containsOnly(new Written());
					position += 3;
				}
				delivered.complete(position);
			});
			for (int i = 0; i < 10; i++) {
				database.execute("CREATE TABLE item_new LIKE item", "ALTER TABLE item_new ADD COLUMN c" + i + " INT",
						"RENAME TABLE item TO item_" + i + ", item_new TO item");
				await().pollInterval(Duration.ofMillis(20)).until(() -> count("item") > 0);
			}
			// one tool leaves a gap between its two renames
			database.execute("RENAME TABLE item TO item_gap");
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			database.execute("RENAME TABLE item_gap TO item");
			await().atMost(Duration.ofSeconds(20)).until(() -> pipeline.status().state() == PipelineState.RUNNING);
			swapped.complete(null);
			long sum = delivered.get(20, TimeUnit.SECONDS);
			long found = count("item");
			for (int i = 0; i < 10; i++) {
				found += count("item_" + i);
				database.execute("DROP TABLE item_" + i);
			}
			assertThat(found).isEqualTo(sum);
		});
	}

	@Test
	void waitsWhileTheServerIsReadOnly() {
		run(items(), (pipelines) -> {
			PullPipeline pipeline = pipelines.get(0);
			pipeline.claim("a", "0");
			CompletableFuture<BatchResult> result;
			database.execute("SET GLOBAL read_only=1");
			try {
				result = deliver(pipeline, batch(0, "one", "two"));
				await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
				assertThat(pipeline.status().reason()).contains("read-only");
			}
			finally {
				database.execute("SET GLOBAL read_only=0");
			}
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written(), new Written());
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(count("item")).isEqualTo(2);
		}, "spring.datasource.username=app", "spring.datasource.password=app");
	}

	/**
	 * As after a failover that the old connections have outlived.
	 */
	@Test
	void opensNewConnectionsOnceOldOnesTakeNoWrites() {
		run(items(), (pipelines) -> {
			PullPipeline pipeline = pipelines.get(0);
			pipeline.claim("a", "0");
			CompletableFuture<BatchResult> result;
			database.execute("SET GLOBAL init_connect='SET SESSION tx_read_only=1'");
			try {
				killConnectionsOfApplication();
				result = deliver(pipeline, batch(0, "one", "two"));
				await().until(() -> pipeline.status().state() == PipelineState.RETRYING
						&& String.valueOf(pipeline.status().reason()).contains("READ ONLY"));
			}
			finally {
				database.execute("SET GLOBAL init_connect=''");
			}
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written(), new Written());
		}, "spring.datasource.username=app", "spring.datasource.password=app");
	}

	private static void killConnectionsOfApplication() throws SQLException {
		try (Connection connection = database.dataSource().getConnection()) {
			jdbc.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'app'")
				.query(Integer.class)
				.list()
				.forEach((id) -> kill(connection, id));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1114, 1021 })
	void waitsWhileTheDiskIsFull(int vendorCode) {
		database.execute("CREATE TRIGGER full_disk BEFORE INSERT ON item FOR EACH ROW SIGNAL SQLSTATE 'HY000' "
				+ "SET MYSQL_ERRNO = " + vendorCode + ", MESSAGE_TEXT = 'The table is full'");
		run(items(), (pipelines) -> {
			PullPipeline pipeline = pipelines.get(0);
			pipeline.claim("a", "0");
			CompletableFuture<BatchResult> result = deliver(pipeline, batch(0, "one", "two"));
			await().until(() -> result.isDone() || pipeline.status().state() == PipelineState.RETRYING);
			assertThat(result).isNotDone();
			assertThat(pipeline.status().reason()).contains("full");
			database.execute("DROP TRIGGER full_disk");
			assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written(), new Written());
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			assertThat(count("item")).isEqualTo(2);
		});
	}

	@Test
	void waitsWhileTheServerHasTooManyConnections() {
		run(items(), (pipelines) -> {
			PullPipeline pipeline = pipelines.get(0);
			pipeline.claim("a", "0");
			List<Connection> others = new ArrayList<>();
			CompletableFuture<BatchResult> result;
			database.execute("SET GLOBAL max_connections=10");
			try {
				others.add(database.dataSource().getConnection());
				// the pools try to open new ones while the others are
				await().until(() -> {
					JdbcClient.create(new SingleConnectionDataSource(others.get(0), true))
						.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'app'")
						.query(Integer.class)
						.list()
						.forEach((id) -> kill(others.get(0), id));
					fill(others);
					return others.size() >= 10;
				});
				result = deliver(pipeline, batch(0, "one", "two"));
				await().atMost(Duration.ofSeconds(20)).until(() -> pipeline.status().state() == PipelineState.RETRYING);
			}
			finally {
				for (Connection other : others) {
					other.close();
				}
				await().ignoreExceptions().until(() -> {
					database.execute("SET GLOBAL max_connections=500");
					return true;
				});
			}
			assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).containsExactly(new Written(), new Written());
			assertThat(count("item")).isEqualTo(2);
		}, "spring.datasource.username=app", "spring.datasource.password=app");
	}

	private static void kill(Connection connection, int id) {
		try (var statement = connection.createStatement()) {
			statement.execute("KILL " + id);
		}
		catch (SQLException ex) {
			// it has gone by itself
			assertThat(ex.getErrorCode()).isEqualTo(1094);
		}
	}

	private static void fill(List<Connection> connections) {
		try {
			while (connections.size() < 20) {
				connections.add(database.dataSource().getConnection());
			}
		}
		catch (SQLException ex) {
			assertThat(ex.getMessage()).contains("Too many connections");
		}
	}

	private static void run(TransformFunction transformer, ThrowingConsumer<List<PullPipeline>> test,
			String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(TwoPipelines.class)
			.run((context) -> test.accept(List.of(context.getBean("first", PullPipeline.class),
					context.getBean("second", PullPipeline.class))));
	}

	private static CompletableFuture<BatchResult> deliver(PullPipeline pipeline, EventBatch batch) {
		CompletableFuture<BatchResult> result = new CompletableFuture<>();
		inBackground(() -> result.complete(pipeline.deliver(batch))).exceptionally((ex) -> {
			result.completeExceptionally(ex);
			return null;
		});
		return result;
	}

	private static CompletableFuture<Void> inBackground(Work work) {
		CompletableFuture<Void> end = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				work.run();
				end.complete(null);
			}
			catch (Throwable ex) {
				end.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return end;
	}

	private static EventBatch batch(int from, String... payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.length; i++) {
			events.add(Event.from("test", payloads[i].getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of("a", String.valueOf(from + i), String.valueOf(from + i + 1)))
				.build());
		}
		return new EventBatch(events,
				List.of(new PositionAdvance("a", String.valueOf(from), String.valueOf(from + payloads.length), 1)));
	}

	private static Transformer items() {
		return (event) -> List.of(Row.insert("item").set("id", 1).set("name", event.text()));
	}

	private static long count(String table) {
		return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	private static long deadlocks() {
		return jdbc.sql("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'").query((row, number) -> row.getLong(2)).single();
	}

	private interface Work {

		void run() throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPipelines {

		@Bean
		PullPipeline first(Pipelines pipelines) {
			return pipeline(pipelines, "first");
		}

		@Bean
		PullPipeline second(Pipelines pipelines) {
			return pipeline(pipelines, "second");
		}

		private static PullPipeline pipeline(Pipelines pipelines, String inbound) {
			return pipelines
				.pull(new PipelineSettings(new PipelineName("test", inbound), "items", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
