package org.megaetl.pipeline;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of bad events in the batches of a {@link PullPipeline}: they become dead letters,
 * and their neighbours are written.
 */
class PullBadEventTests extends PullRuns {

	@Test
	void anEventThatItsAdapterRefusesIsADeadLetter() {
		run(items(), (pipeline) -> {
			Event refused = Event.from(NAME.toString(), new byte[0]).id("7").refusal("delivered 10 times").build();
			List<EventOutcome> outcomes = pipeline.deliver(new EventBatch(List.of(refused), List.of())).outcomes();
			assertThat(outcomes).singleElement()
				.isInstanceOfSatisfying(DeadLettered.class,
						(letter) -> assertThat(letter.reason()).isEqualTo("delivered 10 times"));
			assertThat(names()).isEmpty();
		});
	}

	@Test
	void anEventThatMakesTheServerCutTheConnectionBecomesADeadLetter() {
		Transformer transformer = (event) -> event.text().equals("killer")
				? List.of(SqlStatement.of("KILL CONNECTION_ID()")) : List.of(item(event));
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			BatchResult result = pipeline.deliver(batch("a", 0, "one", "killer", "two", "three"));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class, Written.class);
			assertThat(names()).containsExactly("one", "two", "three");
			assertThat(pipeline.claim("a", "0").position()).isEqualTo("4");
		});
	}

	@Test
	void aNumberWhoseDigitsWouldFillTheMemoryIsADeadLetter() {
		database.execute("ALTER TABLE item MODIFY id DECIMAL(20)");
		Transformer transformer = (event) -> List
			.of(Row.insert("item").set("id", new BigDecimal(event.text())).set("name", "n"));
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			// enough for them to be loaded
			String[] numbers = IntStream.range(0, 150).mapToObj(String::valueOf).toArray(String[]::new);
			numbers[70] = "1e999999999";
			assertThat(pipeline.deliver(batch("a", 0, numbers)).outcomes()).hasSize(150)
				.filteredOn((outcome) -> !outcome.equals(new Written()))
				.singleElement()
				.isInstanceOf(DeadLettered.class);
			assertThat(names()).hasSize(149);
		});
	}

	@Test
	void stopsWhenEverythingIsRefused() {
		run(items(), (pipeline) -> {
			pipeline.claim("a", "0");
			String bad = "far too long a name";
			pipeline.deliver(batch("a", 0, bad, bad, "good", bad, bad));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
			pipeline.deliver(batch("a", 5, bad));
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(pipeline.status().reason()).contains("3 events in a row");
			assertThatExceptionOfType(PipelineUnavailableException.class)
				.isThrownBy(() -> pipeline.deliver(batch("a", 6, "x")));
			pipeline.resume();
			assertThat(pipeline.deliver(batch("a", 6, "x")).outcomes()).containsExactly(new Written());
		}, "mega.dead-letter.stop-after.consecutive=3");
	}

	@Test
	void commitsWhatIsTooLargeInSmallerBatches() {
		database.execute("CREATE TABLE big (data LONGTEXT)", "CREATE TABLE raw_item (id INT)");
		run((Transformer) (event) -> List
			.of(SqlStatement.of("INSERT INTO big VALUES (?)", "x".repeat(Integer.parseInt(event.text())))),
				(pipeline) -> {
					pipeline.claim("a", "0");
					BatchResult result = pipeline.deliver(batch("a", 0, "10", "20000000", "20"));
					assertThat(result.outcomes()).extracting(Object::getClass)
						.containsExactly(Written.class, DeadLettered.class, Written.class);
					assertThat(pipeline.claim("a", "0").position()).isEqualTo("3");
				});
		database.execute("DROP TABLE big", "DROP TABLE raw_item");
	}

	@Test
	void eventsOfOnePositionAreCommittedTogetherWhateverIsWrongWithSomeOfThem() {
		Transformer transformer = (event) -> switch (event.text()) {
			case "killer" -> List.of(SqlStatement.of("KILL CONNECTION_ID()"));
			case "large" -> List.of(SqlStatement.of("INSERT INTO item VALUES (1, ?)", "x".repeat(20_000_000)));
			default -> List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			List<Event> events = new ArrayList<>(batch("a", 0, "first").events());
			for (String payload : List.of("one", "killer", "far too long a name", "two", "large", "three")) {
				events.add(event(payload.getBytes(StandardCharsets.UTF_8), "a", 1));
			}
			events.addAll(batch("a", 2, "last").events());
			BatchResult result = pipeline
				.deliver(new EventBatch(events, List.of(new PositionAdvance("a", "0", "3", 1))));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, Written.class, DeadLettered.class, DeadLettered.class, Written.class,
						DeadLettered.class, Written.class, Written.class);
			assertThat(names()).containsExactly("first", "one", "two", "three", "last");
			assertThat(position("a")).isEqualTo("3");
			// what is committed without a position leaves a mark
			assertThat(jdbc.sql("SELECT position_key FROM mega_checkpoint").query(String.class).list())
				.map((key) -> key.replaceFirst("(push/probe/).+", "$1"))
				.containsExactlyInAnyOrder("a", "push/probe/");
		});
	}

	@Test
	void aDirectTransformersEventsOfOnePositionAreCommittedTogether() {
		DirectTransformer transformer = (event, connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute(event.text().equals("killer") ? "KILL CONNECTION_ID()"
						: "INSERT INTO item VALUES (1, '" + event.text() + "')");
			}
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			List<Event> events = new ArrayList<>();
			for (String payload : List.of("one", "killer", "two")) {
				events.add(event(payload.getBytes(StandardCharsets.UTF_8), "a", 0));
			}
			BatchResult result = pipeline
				.deliver(new EventBatch(events, List.of(new PositionAdvance("a", "0", "1", 1))));
			assertThat(result.outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(names()).containsExactly("one", "two");
		});
	}

	@Test
	void aStatementWithTheWrongNumberOfArgumentsHarmsNoNeighbour() {
		String sql = "INSERT INTO item VALUES (?, ?)";
		Transformer transformer = (event) -> switch (event.text()) {
			case "few" -> List.of(SqlStatement.of(sql, 1));
			case "many" -> List.of(SqlStatement.of(sql, 1, "many", "more"));
			case "none" -> List.of(SqlStatement.of(sql));
			default -> List.of(SqlStatement.of(sql, 1, event.text()));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "few", "two", "many", "none", "three")).outcomes())
				.extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class, DeadLettered.class,
						DeadLettered.class, Written.class);
			assertThat(names()).containsExactly("one", "two", "three");
		});
	}

}
