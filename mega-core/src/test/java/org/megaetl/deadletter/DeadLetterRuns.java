package org.megaetl.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.DatabaseRuns;
import org.megaetl.pipeline.EngineRunner;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.sql.Row;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database with a table of items, and a push pipeline on it whose transformer refuses
 * events for as long as a test wants.
 */
abstract class DeadLetterRuns extends DatabaseRuns {

	static final String PIPELINE = "test.events";

	/** What the transformer thinks of every event at present. */
	volatile @Nullable String refusal;

	volatile @Nullable Event transformed;

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.create());
	}

	@BeforeEach
	void createTable() {
		database.execute("CREATE TABLE item (body VARCHAR(10) NOT NULL)");
	}

	void run(TransformFunction transformer, Scenario test, String... properties) {
		run(transformer, RejectPolicy.DEAD_LETTER, test, properties);
	}

	void run(TransformFunction transformer, RejectPolicy onReject, Scenario test, String... properties) {
		runWithContext(transformer, onReject,
				(context) -> test.accept(context.getBean(PushPipeline.class), context.getBean(DeadLetterService.class)),
				properties);
	}

	void runWithContext(TransformFunction transformer, RejectPolicy onReject, ThrowingConsumer<ApplicationContext> test,
			String... properties) {
		EngineRunner.on(database)
			.withPropertyValues(properties)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withBean(PipelineSettings.class,
					() -> new PipelineSettings(new PipelineName("test", "events"), "items", null, onReject))
			.withUserConfiguration(PushConfiguration.class)
			.run((context) -> test.accept(context.getSourceApplicationContext()));
	}

	Transformer items() {
		return (event) -> {
			this.transformed = event;
			if (this.refusal != null) {
				throw new IllegalArgumentException(this.refusal);
			}
			return List.of(Row.insert("item").set("body", event.text()));
		};
	}

	static Event.Builder event(String payload) {
		return Event.from(PIPELINE, payload.getBytes(StandardCharsets.UTF_8));
	}

	static long store(PushPipeline pipeline, Event.Builder event) throws Exception {
		EventOutcome outcome = pipeline.submit(event.build()).get(20, TimeUnit.SECONDS);
		assertThat(outcome).isInstanceOf(EventOutcome.DeadLettered.class);
		return ((EventOutcome.DeadLettered) outcome).id();
	}

	static List<Long> chosen(DeadLetterService service, DeadLetterFilter filter) {
		return ids(service.list(filter, Long.MAX_VALUE, 100));
	}

	static List<Long> ids(List<DeadLetter> letters) {
		return letters.stream().map(DeadLetter::id).toList();
	}

	static List<String> bodies() {
		return jdbc.sql("SELECT body FROM item").query(String.class).list();
	}

	static int rows(String table) {
		return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	/**
	 * What happens in an application.
	 */
	interface Scenario {

		void accept(PushPipeline pipeline, DeadLetterService service) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class PushConfiguration {

		@Bean
		PushPipeline pipeline(Pipelines pipelines, PipelineSettings settings) {
			return pipelines.push(settings);
		}

	}

}
