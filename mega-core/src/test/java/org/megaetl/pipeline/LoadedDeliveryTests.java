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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of batches large enough for their rows to be loaded: they end as if the rows were
 * inserted.
 */
class LoadedDeliveryTests {

	private static final int BATCHES = 40;

	private static final int BATCH = 300;

	@RegisterExtension
	static OwnPipeline own = new OwnPipeline(LoadedDeliveryTests::items);

	@BeforeEach
	void createTable() {
		// without a key: what is written twice shows
		own.database().execute("CREATE OR REPLACE TABLE item (id INT, name VARCHAR(10) NOT NULL, part INT)");
		own.clear();
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
		own.run((pipeline) -> {
			for (int batch = 0; batch < BATCHES; batch++) {
				List<String> payloads = new ArrayList<>();
				for (int i = 0; i < BATCH; i++) {
					payloads.add((batch * BATCH + i) + " name" + i);
				}
				for (int bad = (batch % 4 == 1) ? 3 : 0; bad > 0; bad--) {
					int i = random.nextInt(BATCH);
					payloads.set(i, (batch * BATCH + i) + (random.nextBoolean() ? " much too long a name" : " none"));
				}
				pipeline.deliver(OwnPipeline.batch(batch * BATCH, payloads));
			}
		}, "mega.sink.jdbc.load-data=" + loadData);
		List<String> written = new ArrayList<>(own.list("SELECT CONCAT(id, ' ', name) FROM item ORDER BY id"));
		written.addAll(own.list(
				"SELECT CONCAT_WS(' ', position, sql_state, vendor_code, message) FROM mega_dead_letter ORDER BY id"));
		assertThat(written).hasSize(BATCHES * BATCH);
		return written;
	}

	@Test
	void aBatchWhoseConnectionIsKilledWhileItIsLoadedIsWrittenOnce() throws Exception {
		own.database().execute("ALTER TABLE item ADD UNIQUE (id)");
		own.run((pipeline) -> {
			try (Connection lock = own.database().dataSource().getConnection()) {
				CompletableFuture<BatchResult> result = deliverUntilARowIsHeld(pipeline, lock);
				own.database().execute("KILL " + own.loadingConnection().orElseThrow());
				await().until(() -> own.isWriting() || result.isDone());
				assertThat(result).isNotDone();
				lock.rollback();
				assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).hasSize(BATCH)
					.hasOnlyElementsOfType(EventOutcome.Written.class);
			}
			assertThat(own.count("item")).isEqualTo(BATCH);
		});
	}

	@Test
	void aBatchThatIsHeldUpByALockWhileItIsLoadedIsTriedAgain() throws Exception {
		own.database().execute("ALTER TABLE item ADD UNIQUE (id)");
		own.run((pipeline) -> {
			try (Connection lock = own.database().dataSource().getConnection()) {
				CompletableFuture<BatchResult> result = deliverUntilARowIsHeld(pipeline, lock);
				await().until(() -> result.isDone() || pipeline.status().state() == PipelineState.RETRYING);
				assertThat(result).isNotDone();
				lock.rollback();
				assertThat(result.get(30, TimeUnit.SECONDS).outcomes()).hasSize(BATCH)
					.hasOnlyElementsOfType(EventOutcome.Written.class);
			}
			assertThat(own.count("item")).isEqualTo(BATCH);
		}, "mega.sink.jdbc.lock-wait-timeout=1s");
	}

	@Test
	void aLoadedBatchIsWrittenOnceWhenTheCommitIsCutOff() throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(own.database().server().port())) {
			own.run((pipeline) -> {
				long before = loads();
				for (int batch = 0; batch < 4; batch++) {
					if (batch % 2 == 0) {
						proxy.cutAfterNextCommit();
					}
					else {
						proxy.cutBeforeNextCommit();
					}
					assertThat(pipeline.deliver(OwnPipeline.batch(batch * BATCH, good(batch * BATCH))).outcomes())
						.hasOnlyElementsOfType(EventOutcome.Written.class);
					assertThat(proxy.hasCut()).isTrue();
				}
				assertThat(own.count("item")).isEqualTo(4 * BATCH);
				assertThat(loads() - before).isGreaterThanOrEqualTo(4);
			}, EngineRunner.through(proxy, own.database()));
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
		CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline,
				OwnPipeline.batch(0, good(0)));
		await().until(() -> own.loadingConnection().isPresent() || result.isDone());
		return result;
	}

	private static long loads() {
		return own.status("Com_load");
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

}
