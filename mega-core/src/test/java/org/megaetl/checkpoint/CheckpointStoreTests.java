package org.megaetl.checkpoint;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.PipelineId;
import org.megaetl.pipeline.EngineRunner;
import org.megaetl.pipeline.Sink;

import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static java.time.Clock.systemUTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link CheckpointStore} on a real database.
 */
class CheckpointStoreTests {

	private static final PipelineId PIPELINE = new PipelineId("test", "checkpoints");

	private static final String KEY = "push/x";

	/**
	 * A server may still be committing what a connection was cut off from.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whetherATokenIsCommittedIsNotSaidBeforeItsTransactionHasEnded(boolean commits) {
		try (TestDatabase database = TestDatabase.create()) {
			EngineRunner.on(database).withPropertyValues("mega.sink.jdbc.lock-wait-timeout=60s").run((context) -> {
				Sink sink = context.getBean(Sink.class);
				BatchToken token = BatchToken.random();
				CompletableFuture<Boolean> committed;
				try (Connection writer = database.dataSource().getConnection()) {
					writer.setAutoCommit(false);
					new CheckpointStore(new SingleConnectionDataSource(writer, true), systemUTC()).mark(PIPELINE, KEY,
							token);
					committed = CompletableFuture.supplyAsync(() -> isCommitted(sink, token));
					await().until(() -> committed.isDone() || database.hasLockWait());
					assertThat(committed).isNotDone();
					if (commits) {
						writer.commit();
					}
					else {
						writer.rollback();
					}
				}
				assertThat(committed.get(20, TimeUnit.SECONDS)).isEqualTo(commits);
			});
		}
	}

	private static boolean isCommitted(Sink sink, BatchToken token) {
		return Boolean.TRUE.equals(new TransactionTemplate(sink.transactions())
			.execute((status) -> sink.checkpoints().isCommitted(PIPELINE, List.of(KEY), token)));
	}

}
