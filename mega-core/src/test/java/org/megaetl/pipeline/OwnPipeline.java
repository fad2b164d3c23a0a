package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.ThrowingConsumer;

/**
 * A pipeline that reads the stream {@code a}, and its database, which the tests of a
 * class have for themselves. Its batches are large enough for their rows to be loaded.
 */
final class OwnPipeline implements BeforeAllCallback, AfterAllCallback {

	private final Supplier<Transformer> transformer;

	private TestDatabase database;

	private JdbcClient jdbc;

	/**
	 * Creates a pipeline, to be registered as an extension of a test class.
	 * @param transformer what makes rows of its events
	 */
	OwnPipeline(Supplier<Transformer> transformer) {
		this.transformer = transformer;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		this.database = TestDatabase.createWithOwnServer();
		this.jdbc = JdbcClient.create(this.database.dataSource());
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.database.close();
	}

	TestDatabase database() {
		return this.database;
	}

	/**
	 * Forgets what was delivered, but for its rows.
	 */
	void clear() {
		if (!list("SHOW TABLES LIKE 'mega_checkpoint'").isEmpty()) {
			this.database.execute("DELETE FROM mega_dead_letter", "DELETE FROM mega_dead_letter_payload",
					"DELETE FROM mega_checkpoint");
		}
	}

	/**
	 * Runs an application with the pipeline, and claims the stream.
	 */
	void run(ThrowingConsumer<PullPipeline> test, String... properties) {
		EngineRunner.on(this.database)
			.withBean("rows", TransformFunction.class, this.transformer::get)
			.withUserConfiguration(OnePipeline.class)
			.withPropertyValues(properties)
			.run((context) -> {
				PullPipeline pipeline = context.getBean(PullPipeline.class);
				pipeline.claim("a", "0");
				test.accept(pipeline);
			});
	}

	/**
	 * Returns a batch of the stream.
	 * @param first the position of the first event
	 */
	static EventBatch batch(int first, List<String> payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.size(); i++) {
			events.add(Event.from("test.pull", payloads.get(i).getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of("a", String.valueOf(first + i), String.valueOf(first + i + 1)))
				.build());
		}
		return new EventBatch(events,
				List.of(new PositionAdvance("a", String.valueOf(first), String.valueOf(first + payloads.size()), 1)));
	}

	static CompletableFuture<BatchResult> deliverInBackground(PullPipeline pipeline, EventBatch batch) {
		return deliverInBackground(pipeline, batch, (thread) -> {
		});
	}

	/**
	 * Delivers a batch in a thread of its own.
	 * @param end takes the thread when it is done
	 */
	static CompletableFuture<BatchResult> deliverInBackground(PullPipeline pipeline, EventBatch batch,
			Consumer<Thread> end) {
		CompletableFuture<BatchResult> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(pipeline.deliver(batch));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
			end.accept(Thread.currentThread());
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	/**
	 * Returns the ID of a connection that is loading rows: another may have been killed
	 * and not be gone yet.
	 */
	Optional<Long> loadingConnection() {
		return connection("LOAD DATA%");
	}

	/**
	 * Returns whether rows are being written, in whichever way.
	 */
	boolean isWriting() {
		return loadingConnection().isPresent() || connection("INSERT INTO `item`%").isPresent();
	}

	private Optional<Long> connection(String statement) {
		return this.jdbc.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE ?")
			.param(statement)
			.query(Long.class)
			.stream()
			.findFirst();
	}

	/**
	 * Returns a counter of what the server has done.
	 */
	long status(String name) {
		return this.jdbc.sql("SHOW GLOBAL STATUS LIKE '" + name + "'").query((row, number) -> row.getLong(2)).single();
	}

	long count(String table) {
		return this.jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	List<String> list(String sql) {
		return this.jdbc.sql(sql).query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	static class OnePipeline {

		@Bean
		PullPipeline pull(Pipelines pipelines) {
			return pipelines
				.pull(new PipelineSettings(new PipelineName("test", "pull"), "rows", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
