package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;

/**
 * A database on a server of its own with a table of items that has no unique key, so that
 * what is written twice shows, and a pull pipeline on it for as long as a test takes.
 */
abstract class PullRuns extends DatabaseRuns {

	static final PipelineName NAME = new PipelineName("test", "events");

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.createWithOwnServer());
	}

	@BeforeEach
	void createTable() {
		database.execute("CREATE TABLE item (id INT, name VARCHAR(10) NOT NULL)");
	}

	static void run(TransformFunction transformer, ThrowingConsumer<PullPipeline> test, String... properties) {
		runWithContext(transformer, (context) -> test.accept(context.getBean(PullPipeline.class)), properties);
	}

	static void runWithContext(TransformFunction transformer, ThrowingConsumer<ConfigurableApplicationContext> test,
			String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(PullConfiguration.class)
			.run((context) -> test.accept(context.getSourceApplicationContext()));
	}

	static EventBatch batch(String key, int from, String... payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.length; i++) {
			events.add(event(payloads[i].getBytes(StandardCharsets.UTF_8), key, from + i));
		}
		return new EventBatch(events,
				List.of(new PositionAdvance(key, String.valueOf(from), String.valueOf(from + payloads.length), 1)));
	}

	static Event event(byte[] payload, String key, int position) {
		return Event.from(NAME.toString(), payload)
			.position(SourcePosition.of(key, String.valueOf(position), String.valueOf(position + 1)))
			.build();
	}

	static EventBatch identified(String... idsAndPayloads) {
		List<Event> events = new ArrayList<>();
		for (String each : idsAndPayloads) {
			String[] parts = each.split(":");
			events.add(Event.from(NAME.toString(), parts[1].getBytes(StandardCharsets.UTF_8)).id(parts[0]).build());
		}
		return new EventBatch(events, List.of());
	}

	static Transformer items() {
		return (event) -> List.of(item(event));
	}

	static SqlStatement item(Event event) {
		return Row.insert("item").set("id", 1).set("name", event.text());
	}

	static SqlStatement named(String name) {
		return Row.insert("item").set("id", 0).set("name", name);
	}

	static List<String> names() {
		return jdbc.sql("SELECT name FROM item").query(String.class).list();
	}

	static String position(String key) {
		return jdbc.sql("SELECT position FROM mega_checkpoint WHERE position_key = ?")
			.param(key)
			.query(String.class)
			.single();
	}

	@Configuration(proxyBeanMethods = false)
	static class PullConfiguration {

		@Bean
		PullPipeline pipeline(Pipelines pipelines) {
			return pipelines.pull(new PipelineSettings(NAME, "items", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
