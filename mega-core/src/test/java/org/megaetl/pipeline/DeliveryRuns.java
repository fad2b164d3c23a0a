package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;

/**
 * A database on a server of its own with a table of items, and two pull pipelines and a
 * push pipeline on it for as long as a test takes.
 */
abstract class DeliveryRuns extends DatabaseRuns {

	static final String TOO_LONG = "far too long a name";

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.createWithOwnServer());
	}

	@BeforeEach
	void createTable() {
		// no key: what is written twice shows
		database.execute("CREATE TABLE item (name VARCHAR(10) NOT NULL)");
	}

	static ApplicationContextRunner runner(TransformFunction transformer) {
		return runner(database, transformer);
	}

	static ApplicationContextRunner runner(TestDatabase database, TransformFunction transformer) {
		return EngineRunner.on(database)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(TwoPipelines.class);
	}

	static void run(ApplicationContextRunner runner, ThrowingConsumer<Pipelines> test) {
		runner.run((context) -> test.accept(context.getBean(Pipelines.class)));
	}

	static PullPipeline pull(Pipelines pipelines) {
		return (PullPipeline) pipelines.all()
			.stream()
			.filter((pipeline) -> pipeline.name().inbound().equals("pull"))
			.findAny()
			.orElseThrow();
	}

	static PushPipeline push(Pipelines pipelines) {
		return (PushPipeline) pipelines.all().stream().filter(PushPipeline.class::isInstance).findAny().orElseThrow();
	}

	static CompletableFuture<EventOutcome> submit(Pipelines pipelines, String payload) throws InterruptedException {
		return submit(pipelines, payload, null);
	}

	static CompletableFuture<EventOutcome> submit(Pipelines pipelines, String payload, @Nullable String id)
			throws InterruptedException {
		return push(pipelines).submit(Event.from("test.push", payload.getBytes(StandardCharsets.UTF_8)).id(id).build());
	}

	static CompletableFuture<BatchResult> inBackground(Pipelines pipelines, EventBatch batch) {
		return OwnPipeline.deliverInBackground(pull(pipelines), batch);
	}

	static EventBatch batch(String... payloads) {
		return batchOf("a", payloads);
	}

	static EventBatch batchOf(String key, String... payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.length; i++) {
			events.add(Event.from("test.pull", payloads[i].getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of(key, String.valueOf(i), String.valueOf(i + 1)))
				.build());
		}
		return new EventBatch(events, List.of(new PositionAdvance(key, "0", String.valueOf(payloads.length), 1)));
	}

	static Transformer items() {
		return (event) -> List.of(item(event));
	}

	static SqlStatement item(Event event) {
		return Row.insert("item").set("name", event.text());
	}

	static List<String> names() {
		return jdbc.sql("SELECT name FROM item").query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPipelines {

		@Bean
		PullPipeline pull(Pipelines pipelines) {
			return pipelines.pull(settings("pull", RejectPolicy.DEAD_LETTER));
		}

		@Bean
		PullPipeline other(Pipelines pipelines) {
			return pipelines.pull(settings("other", RejectPolicy.DEAD_LETTER));
		}

		@Bean
		PushPipeline push(Pipelines pipelines) {
			return pipelines.push(settings("push", RejectPolicy.ANSWER));
		}

		private static PipelineSettings settings(String inbound, RejectPolicy onReject) {
			return new PipelineSettings(new PipelineName("test", inbound), "items", null, onReject);
		}

	}

}
