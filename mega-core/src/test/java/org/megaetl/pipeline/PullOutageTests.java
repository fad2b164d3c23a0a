package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of a {@link PullPipeline} whose commits are cut off, or whose database is not as
 * it should be: it finds out or waits, and lets go when it is stopped or fails.
 */
class PullOutageTests extends PullRuns {

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void looksUpTheOutcomeOfACommitThatWasCutOff(CapturedOutput output) throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(items(), (pipeline) -> {
				pipeline.claim("a", "0");
				proxy.cutAfterNextCommit();
				assertThat(pipeline.deliver(batch("a", 0, "one", "two")).outcomes()).containsExactly(new Written(),
						new Written());
				assertThat(proxy.hasCut()).isTrue();
				proxy.cutBeforeNextCommit();
				assertThat(pipeline.deliver(batch("a", 2, "three")).outcomes()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				assertThat(names()).containsExactly("one", "two", "three");
				assertThat(pipeline.claim("a", "0").position()).isEqualTo("3");
			}, EngineRunner.through(proxy, database));
		}
		assertThat(output).doesNotContain(" ERROR ");
	}

	@Test
	void looksUpTheOutcomeOfACommitWithoutPositions() throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			run(items(), (pipeline) -> {
				proxy.cutAfterNextCommit();
				assertThat(pipeline.deliver(identified("1:one")).outcomes()).containsExactly(new Written());
				assertThat(proxy.hasCut()).isTrue();
				assertThat(names()).containsExactly("one");
			}, EngineRunner.through(proxy, database));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void triesAgainWhereTheNetworkHasGoneSilent(String driver) throws Exception {
		try (CommitCuttingProxy proxy = new CommitCuttingProxy(database.server().port())) {
			String url = EngineRunner.through(proxy, database)[0].replace("jdbc:mysql", "jdbc:" + driver);
			run(items(), (pipeline) -> {
				pipeline.claim("a", "0");
				proxy.beSilent(true);
				CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one"));
				await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
				proxy.beSilent(false);
				assertThat(result.get(20, TimeUnit.SECONDS).outcomes()).containsExactly(new Written());
				assertThat(names()).containsExactly("one");
			}, url + "?socketTimeout=1000");
		}
	}

	@Test
	void waitsForAMissingTable() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			database.execute("RENAME TABLE item TO moved");
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one"));
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).contains("item");
			database.execute("RENAME TABLE moved TO item");
			await().atMost(Duration.ofSeconds(20)).until(result::isDone);
			assertThat(result.get().outcomes()).containsExactly(new Written());
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		});
	}

	@Test
	void isRetryingWhileOnePartIsStuckAndAnotherFlows() {
		Transformer transformer = (event) -> List
			.of(event.text().equals("stuck") ? SqlStatement.of("INSERT INTO missing_table VALUES (1)") : item(event));
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.claim("b", "0");
			CompletableFuture<BatchResult> stuck = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "stuck"));
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			pipeline.deliver(batch("b", 0, "one"));
			pipeline.claim("c", "0");
			assertThat(names()).containsExactly("one");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
			assertThat(pipeline.status().reason()).contains("missing_table");
			await().atMost(Duration.ofSeconds(20)).until(() -> pipeline.status().attempts() > 1);
			database.execute("CREATE TABLE missing_table (id INT)");
			await().atMost(Duration.ofSeconds(20)).until(stuck::isDone);
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
		database.execute("DROP TABLE missing_table");
	}

	@Test
	void aStoppedPipelineReleasesWhoeverWaitsForTheDatabase() {
		CompletableFuture<BatchResult> result = new CompletableFuture<>();
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			database.execute("RENAME TABLE item TO moved");
			OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one")).whenComplete((value, failure) -> {
				assertThat(failure).isNotNull();
				result.completeExceptionally(failure);
			});
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
		});
		database.execute("RENAME TABLE moved TO item");
		await().until(result::isCompletedExceptionally);
		assertThat(names()).isEmpty();
	}

	@Test
	void aFailedPipelineLetsGoOfABatchThatWaitsForTheDatabase() {
		Transformer transformer = (event) -> {
			if (event.text().equals("bad")) {
				throw new IllegalArgumentException("bad");
			}
			return List.of(SqlStatement.of("INSERT INTO no_such_table VALUES (1)"));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.claim("b", "0");
			CompletableFuture<BatchResult> waiting = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "good"));
			await().until(() -> pipeline.status().state() == PipelineState.RETRYING);
			pipeline.deliver(batch("b", 0, "bad", "bad", "bad"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			await().atMost(Duration.ofSeconds(4)).until(waiting::isCompletedExceptionally);
		}, "mega.dead-letter.stop-after.consecutive=3");
	}

}
