package org.megaetl.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for when the senders of a {@link PushPipeline} are answered.
 */
class PushAnswerTests extends PushRuns {

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anEventIsNotAnsweredBeforeItsCommit(boolean lent) {
		CompletableFuture<Void> entered = new CompletableFuture<>();
		CompletableFuture<Void> open = new CompletableFuture<>();
		DataSource dataSource = new GuardedCommits(database.dataSource(), (connection, items) -> {
			if (items > 0) {
				entered.complete(null);
				open.join();
			}
		});
		Executor caller = (task) -> {
			if (!lent) {
				throw new RejectedExecutionException();
			}
			new Thread(task).start();
		};
		Transformer transformer = (event) -> List.of(Row.insert("item").set("id", 1).set("name", event.text()));
		runner(database, transformer, RejectPolicy.ANSWER).withBean(DataSource.class, () -> dataSource)
			.run((context) -> {
				CompletableFuture<List<EventOutcome>> answer = context.getBean(PushPipeline.class)
					.submit(List.of(event("one")), caller);
				try {
					entered.get(20, TimeUnit.SECONDS);
					assertThat(answer).isNotDone();
					assertThat(names()).isEmpty();
				}
				finally {
					open.complete(null);
				}
				assertThat(answer.get(20, TimeUnit.SECONDS)).containsExactly(new Written());
				assertThat(names()).containsExactly("one");
			});
	}

}
