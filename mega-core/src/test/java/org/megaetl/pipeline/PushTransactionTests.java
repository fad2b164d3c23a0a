package org.megaetl.pipeline;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Rejected;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what transformers may do in the transaction of a {@link PushPipeline}, and
 * what they may not.
 */
class PushTransactionTests extends PushRuns {

	@Test
	void aDirectTransformerWritesByItself() {
		DirectTransformer transformer = (event, connection) -> JdbcClient
			.create(new SingleConnectionDataSource(connection, true))
			.sql("INSERT INTO item VALUES (?, ?)")
			.params(1, event.text())
			.update();
		run(transformer, RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "one").get()).isEqualTo(new Written());
			assertThat(names()).containsExactly("one");
		});
	}

	@Test
	void whatADirectTransformerWroteBeforeItFailedIsUndone() {
		DirectTransformer transformer = (event, connection) -> {
			insert(connection, 1, "gone");
			throw new IllegalArgumentException("no");
		};
		run(transformer, RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "x").get()).isEqualTo(new Rejected("no"));
			assertThat(names()).isEmpty();
		});
	}

	@Test
	void aDirectTransformerCannotEndTheTransaction() {
		List<ThrowingConsumer<Connection>> attempts = List.of(Connection::commit, Connection::rollback,
				Connection::close, (connection) -> connection.setAutoCommit(true),
				(connection) -> connection.createStatement().getConnection().commit(),
				(connection) -> connection.prepareStatement("SELECT 1").getConnection().close(),
				(connection) -> connection.getMetaData().getConnection().rollback());
		DirectTransformer transformer = (event, connection) -> attempts.get(Integer.parseInt(event.text()))
			.accept(connection);
		run(transformer, RejectPolicy.ANSWER, (pipeline) -> {
			for (int i = 0; i < attempts.size(); i++) {
				assertThat(submit(pipeline, String.valueOf(i)).get()).isInstanceOfSatisfying(DeadLettered.class,
						(letter) -> assertThat(letter.reason()).contains("belongs to the batch"));
			}
		});
	}

	@Test
	void ddlInATransactionFailsThePipeline() {
		DirectTransformer transformer = (event, connection) -> {
			try (var statement = connection.createStatement()) {
				statement.execute("CREATE TABLE IF NOT EXISTS other (id INT)");
			}
		};
		run(transformer, RejectPolicy.ANSWER, (pipeline) -> {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> submit(pipeline, "x").get())
				.withMessageContaining("DDL committed the batch");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> submit(pipeline, "x").get())
				.withCauseInstanceOf(PipelineUnavailableException.class);
		});
	}

	@Test
	void refusesStatementsThatCommit() {
		run((Transformer) (event) -> List.of(SqlStatement.of("TRUNCATE item")), RejectPolicy.ANSWER, (pipeline) -> {
			assertThat(submit(pipeline, "x").get()).isInstanceOfSatisfying(Rejected.class,
					(rejected) -> assertThat(rejected.reason()).contains("TRUNCATE item").contains("initDdl()"));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		});
	}

	@Test
	void aProcedureThatCommitsFailsThePipeline() {
		database.execute("CREATE OR REPLACE PROCEDURE sneaky() BEGIN COMMIT; END");
		run((Transformer) (event) -> List.of(SqlStatement.of("CALL sneaky()")), RejectPolicy.ANSWER, (pipeline) -> {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> submit(pipeline, "x").get())
				.withMessageContaining("DDL committed the batch");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
		});
	}

}
