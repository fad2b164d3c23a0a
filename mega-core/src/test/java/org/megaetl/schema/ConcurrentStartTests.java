package org.megaetl.schema;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

import org.megaetl.devservices.TestDatabase;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.schema.SchemaTestSupport.migrations;
import static org.megaetl.schema.SchemaTestSupport.registry;
import static org.megaetl.schema.SchemaTestSupport.runner;

/**
 * Tests for several instances that start at once.
 */
class ConcurrentStartTests {

	private static final int INSTANCES = 3;

	@TempDir
	private Path directory;

	@RepeatedTest(10)
	void allInstancesStart(RepetitionInfo repetition) throws Exception {
		ClassLoader migrations = migrations(this.directory, Map.of("V1__customers.sql",
				"CREATE TABLE customers (id INT)", "V2__customer.sql", "INSERT INTO customers VALUES (1)"));
		ExecutorService executor = Executors.newFixedThreadPool(INSTANCES);
		try (TestDatabase database = TestDatabase.create()) {
			if (repetition.getCurrentRepetition() % 2 == 0) {
				database.execute("CREATE TABLE legacy (id INT)");
			}
			CyclicBarrier barrier = new CyclicBarrier(INSTANCES);
			Callable<Void> instance = () -> {
				barrier.await();
				runner(database).withClassLoader(migrations)
					.withBean(TransformerRegistry.class,
							() -> registry("order",
									"CREATE TABLE IF NOT EXISTS orders (id INT); INSERT INTO orders VALUES (1)"))
					.run((context) -> assertThat(context).hasNotFailed());
				return null;
			};
			List<Future<Void>> instances = new ArrayList<>();
			for (int i = 0; i < INSTANCES; i++) {
				instances.add(executor.submit(instance));
			}
			for (Future<Void> future : instances) {
				future.get(1, TimeUnit.MINUTES);
			}
			JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
			assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM customers", Integer.class)).isOne();
			assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM orders", Integer.class)).isOne();
		}
		finally {
			executor.shutdownNow();
		}
	}

}
