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
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
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

	@RepeatedTest(8)
	void allStartOnAnEmptySchema() throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			start(runner(database));
			assertThat(count(database, "orders")).isOne();
		}
	}

	@RepeatedTest(4)
	void allStartOnAnEmptySchemaWithMigrations() throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			start(runner(database).withClassLoader(userMigrations()));
			assertThat(count(database, "customers")).isOne();
			assertThat(count(database, "orders")).isOne();
		}
	}

	@RepeatedTest(4)
	void allStartOnAnExistingSchemaWithMigrations() throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE legacy (id INT)");
			start(runner(database).withClassLoader(userMigrations()));
			assertThat(count(database, "customers")).isOne();
			assertThat(count(database, "orders")).isOne();
		}
	}

	private static void start(ApplicationContextRunner runner) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(INSTANCES);
		try {
			CyclicBarrier barrier = new CyclicBarrier(INSTANCES);
			Callable<Void> instance = () -> {
				barrier.await();
				runner
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
		}
		finally {
			executor.shutdownNow();
		}
	}

	private ClassLoader userMigrations() {
		return migrations(this.directory, Map.of("V1__customers.sql", "CREATE TABLE customers (id INT)",
				"V2__customer.sql", "INSERT INTO customers VALUES (1)"));
	}

	private static int count(TestDatabase database, String table) {
		Integer count = new JdbcTemplate(database.dataSource()).queryForObject("SELECT COUNT(*) FROM " + table,
				Integer.class);
		return (count != null) ? count : 0;
	}

}
