package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.ConfigurationChecksAutoConfiguration;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An application with one pipeline from Redis into a table that shows what was written
 * twice.
 */
final class RunningApplication implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ConfigurableApplicationContext context;

	private RunningApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param database the database, which several applications may share
	 * @param properties its properties, each as {@code key=value}
	 */
	static RunningApplication start(TestDatabase database, List<String> properties, String... more) {
		List<String> arguments = new ArrayList<>();
		properties.forEach((property) -> arguments.add("--" + property));
		for (String property : database.toProperties()) {
			arguments.add("--" + property);
		}
		for (String property : more) {
			arguments.add("--" + property);
		}
		return new RunningApplication(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(arguments.toArray(String[]::new)));
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
	}

	static List<String> written(TestDatabase database) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT payload FROM received ORDER BY arrival")
			.query(String.class)
			.list();
	}

	/**
	 * Lets no row be written until much has come and been left waiting for a while.
	 * @param database the database
	 * @param come has it come
	 * @param check looks at what waits
	 */
	static void withoutWriting(TestDatabase database, Runnable come, Runnable check) {
		try (TableLock lock = database.lock("received")) {
			come.run();
			await().until(lock::isWaitedFor);
			// long enough to take all of it
			Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			check.run();
		}
	}

	static List<Map<String, Object>> deadLetters(TestDatabase database) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT l.reason, l.message, CONVERT(p.data USING utf8mb4) AS payload FROM mega_dead_letter l "
					+ "JOIN mega_dead_letter_payload p ON p.dead_letter_id = l.id ORDER BY l.id")
			.query()
			.listOfRows();
	}

	Environment environment() {
		return this.context.getEnvironment();
	}

	Pipeline pipeline() {
		return this.context.getBean(Pipelines.class).all().iterator().next();
	}

	Map<String, Object> details() {
		return pipeline().source().details();
	}

	void awaitState(PipelineState state) {
		await().until(() -> pipeline().status().state() == state);
	}

	Recorder recorder() {
		return this.context.getBean(Recorder.class);
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	@Override
	public void close() {
		recorder().release();
		this.context.close();
	}

	/**
	 * Writes what it gets, and can be made to wait before.
	 */
	static final class Recorder implements Transformer {

		private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

		private final AtomicInteger waiting = new AtomicInteger();

		private final AtomicBoolean exhausted = new AtomicBoolean();

		@Override
		public String initDdl() {
			return "CREATE TABLE IF NOT EXISTS received (arrival BIGINT NOT NULL AUTO_INCREMENT, payload MEDIUMTEXT NOT NULL, "
					+ "headers TEXT, KEY (arrival))";
		}

		@Override
		public List<? extends SqlStatement> transform(Event event) throws InterruptedException {
			this.waiting.incrementAndGet();
			this.permits.acquire();
			this.permits.release();
			this.waiting.decrementAndGet();
			if (event.text().startsWith("halt")) {
				Runtime.getRuntime().halt(1);
			}
			if (this.exhausted.compareAndSet(true, false)) {
				throw new OutOfMemoryError("as if");
			}
			if (event.text().startsWith("refuse")) {
				throw new IllegalArgumentException("refused");
			}
			return List.of(Row.insert("received")
				.set("payload", event.text())
				.set("headers", event.headers().toMap().toString()));
		}

		/**
		 * Lets the memory be exhausted by the next event, once.
		 */
		void exhaust() {
			this.exhausted.set(true);
		}

		void hold() {
			this.permits.drainPermits();
		}

		boolean isHolding() {
			return this.waiting.get() > 0;
		}

		void release() {
			if (this.permits.availablePermits() == 0) {
				this.permits.release(Integer.MAX_VALUE);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, MegaSchemaAutoConfiguration.class,
			MegaAutoConfiguration.class, ConfigurationChecksAutoConfiguration.class, SslAutoConfiguration.class,
			DataRedisAutoConfiguration.class, RedisConnectorAutoConfiguration.class })
	static class Application {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

}
