package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.Claim;
import org.megaetl.checkpoint.StoredPosition;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link PipelinePositions} on a real database.
 */
class PipelinePositionsTests extends DatabaseRuns {

	private static final PipelineName NAME = PullRuns.NAME;

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.create());
	}

	@BeforeEach
	void createTable() {
		database.execute("CREATE TABLE item (body VARCHAR(10) NOT NULL)");
	}

	@Test
	void listsPositionsWithoutTheMarksOfWriters() {
		run((pipeline, positions) -> {
			pipeline.claim("b", "5");
			deliver(pipeline, pipeline.claim("a", "0"), 0);
			pipeline.deliver(new EventBatch(List.of(Event.from("test.events", new byte[0]).build()), List.of()));
			assertThat(positions.list(NAME)).extracting(StoredPosition::key, StoredPosition::position)
				.containsExactly(tuple("a", "1"), tuple("b", "5"));
		});
	}

	@Test
	void aReaderLosesAPositionThatIsReset() {
		run((pipeline, positions) -> {
			Claim claim = pipeline.claim("a", "7");
			assertThat(deliver(pipeline, claim, 7).lostKeys()).isEmpty();
			pipeline.pause();
			positions.reset(NAME, "a", "3");
			pipeline.resume();
			BatchResult result = deliver(pipeline, claim, 8);
			assertThat(result.lostKeys()).containsExactly("a");
			assertThat(result.outcomes()).containsExactly(new EventOutcome.Displaced("a"));
			claim = pipeline.claim("a", "0");
			assertThat(claim.position()).isEqualTo("3");
			assertThat(deliver(pipeline, claim, 3).lostKeys()).isEmpty();
			assertThat(JdbcClient.create(database.dataSource()).sql("SELECT body FROM item").query(String.class).list())
				.containsExactly("a7", "a3");
		});
	}

	@Test
	void doesNotResetWhileThePipelineRuns() {
		run((pipeline, positions) -> {
			pipeline.claim("a", "7");
			assertThatIllegalStateException().isThrownBy(() -> positions.reset(NAME, "a", "3"))
				.withMessageContaining("'test.events' is RUNNING: pause it");
			assertThat(positions.list(NAME)).extracting(StoredPosition::position).containsExactly("7");
		});
	}

	@Test
	void saysWhatIsWrongWithAReset() {
		run((pipeline, positions) -> {
			pipeline.claim("a", "7");
			pipeline.pause();
			assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(NAME, "b", "3"))
				.withMessageContaining("no position 'b'. It has: [a]");
			assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(NAME, "a", ""))
				.withMessageContaining("1 to 255 characters");
			assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(NAME, "a", "x".repeat(256)))
				.withMessageContaining("256");
			assertThatIllegalArgumentException().isThrownBy(() -> positions.list(new PipelineName("no", "such")))
				.withMessageContaining("no pipeline 'no.such'");
		});
	}

	@Test
	void saysWhoReadsWhatGoesToABuffer() {
		EngineRunner.on(database)
			.withBean("items", Transformer.class, () -> (event) -> List.of())
			.withUserConfiguration(PullRuns.PullConfiguration.class)
			.run((context) -> {
				Pipeline reader = context.getBean(PullPipeline.class);
				PipelineName buffered = new PipelineName("webhook", "kept");
				context.getBean(Pipelines.class).buffered(buffered, new EventBuffer() {

					@Override
					public Pipeline reader() {
						return reader;
					}

					@Override
					public CompletableFuture<List<EventOutcome>> store(List<Event> events) {
						return CompletableFuture.completedFuture(List.of());
					}

				});
				PipelinePositions positions = context.getBean(PipelinePositions.class);
				assertThat(positions.list(buffered)).isEmpty();
				assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(buffered, "a", "3"))
					.withMessageContaining("has no positions: its events are read by '" + NAME + "'");
			});
	}

	@Test
	void findsAPartByTheBeginningOfItsKey() {
		run((pipeline, positions) -> {
			pipeline.claim("a-1/one/x", "7");
			pipeline.claim("a-10/one/x", "7");
			pipeline.claim("b-1/one/x", "7");
			pipeline.claim("b-1/two/x", "7");
			pipeline.pause();
			positions.reset(NAME, "a-1", "3");
			positions.reset(NAME, "b-1/two", "4");
			assertThat(positions.list(NAME)).extracting(StoredPosition::key, StoredPosition::position)
				.containsExactly(tuple("a-1/one/x", "3"), tuple("a-10/one/x", "7"), tuple("b-1/one/x", "7"),
						tuple("b-1/two/x", "4"));
			assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(NAME, "b-1", "3"))
				.withMessageContaining("several positions 'b-1'")
				.withMessageContaining("[b-1/one/x, b-1/two/x]");
			for (String none : new String[] { "", "a", "a-", "b-1/t" }) {
				assertThatIllegalArgumentException().isThrownBy(() -> positions.reset(NAME, none, "3"))
					.withMessageContaining("no position '" + none + "'");
			}
		});
	}

	@Test
	void deletesWhatIsKeptOfAPipelineThatIsGone() {
		run((pipeline, positions) -> {
			deliver(pipeline, pipeline.claim("a", "0"), 0);
			pipeline
				.deliver(new EventBatch(List.of(Event.from("test.events", new byte[0]).id("1").build()), List.of()));
			assertThatIllegalStateException().isThrownBy(() -> positions.forget("test.events"))
				.withMessageContaining("'test.events' is configured here");
			database.execute("UPDATE mega_checkpoint SET pipeline = 'test.gone'",
					"UPDATE mega_inbox SET pipeline = 'test.gone'");
			pipeline.claim("b", "5");
			assertThat(positions.forget("test.gone")).isTrue();
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			assertThat(jdbc.sql("SELECT position_key FROM mega_checkpoint").query(String.class).list())
				.containsExactly("b");
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_inbox").query(Integer.class).single()).isZero();
		});
	}

	private static BatchResult deliver(PullPipeline pipeline, Claim claim, int from) throws InterruptedException {
		Event event = Event.from("test.events", (claim.key() + from).getBytes(StandardCharsets.UTF_8))
			.position(SourcePosition.of(claim.key(), String.valueOf(from), String.valueOf(from + 1)))
			.build();
		return pipeline.deliver(
				new EventBatch(List.of(event), List.of(claim.advance(String.valueOf(from), String.valueOf(from + 1)))));
	}

	private static void run(Scenario test) {
		EngineRunner.on(database)
			.withBean("items", Transformer.class,
					() -> (event) -> List.of(Row.insert("item").set("body", event.text())))
			.withUserConfiguration(PullRuns.PullConfiguration.class)
			.run((context) -> test.accept(context.getBean(PullPipeline.class),
					context.getBean(PipelinePositions.class)));
	}

	/**
	 * What happens in an application.
	 */
	private interface Scenario {

		void accept(PullPipeline pipeline, PipelinePositions positions) throws Exception;

	}

}
