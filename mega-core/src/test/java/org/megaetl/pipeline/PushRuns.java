package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.transform.TransformFunction;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.ThrowingConsumer;

/**
 * A database with a table of items, and a push pipeline on it for as long as a test of
 * its takes.
 */
abstract class PushRuns extends DatabaseRuns {

	static final PipelineName NAME = new PipelineName("test", "events");

	@BeforeAll
	static void createDatabase() {
		use(TestDatabase.create());
	}

	@BeforeEach
	void createTable() {
		database.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL)");
	}

	static void run(TransformFunction transformer, RejectPolicy onReject, ThrowingConsumer<PushPipeline> test,
			String... properties) {
		run(database, transformer, onReject, test, properties);
	}

	static void run(TestDatabase database, TransformFunction transformer, RejectPolicy onReject,
			ThrowingConsumer<PushPipeline> test, String... properties) {
		runner(database, transformer, onReject).withPropertyValues(properties)
			.run((context) -> test.accept(context.getBean(PushPipeline.class)));
	}

	static ApplicationContextRunner runner(TestDatabase database, TransformFunction transformer,
			RejectPolicy onReject) {
		return EngineRunner.on(database)
			.withBean("items", TransformFunction.class, () -> transformer)
			.withBean(PipelineSettings.class, () -> new PipelineSettings(NAME, "items", null, onReject))
			.withUserConfiguration(PushConfiguration.class);
	}

	static CompletableFuture<EventOutcome> submit(PushPipeline pipeline, String payload) throws InterruptedException {
		return pipeline.submit(event(payload));
	}

	static Event event(String payload) {
		return Event.from(NAME.toString(), payload.getBytes(StandardCharsets.UTF_8)).build();
	}

	static void insert(Connection connection, int id, String name) throws SQLException {
		try (var statement = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
			statement.setInt(1, id);
			statement.setString(2, name);
			statement.executeUpdate();
		}
	}

	static List<String> names() {
		return jdbc.sql("SELECT name FROM item ORDER BY id").query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	static class PushConfiguration {

		@Bean
		PushPipeline pipeline(Pipelines pipelines, PipelineSettings settings) {
			return pipelines.push(settings);
		}

	}

}
