package org.megaetl.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.schema.SchemaTestSupport.DdlTransformer;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.schema.SchemaTestSupport.runner;
import static org.megaetl.schema.SchemaTestSupport.tables;

/**
 * Tests for the init DDL of transformers.
 */
class TransformerSchemaTests {

	private static final String ORDERS = "CREATE TABLE IF NOT EXISTS orders (id INT)";

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void runsNothingWithoutDdl() {
		startsWith(Map.of("order", " \n"));
		assertThat(tables(this.database)).doesNotContain("mega_transformer_history");
	}

	@Test
	void recordsEachTransformerByName() {
		startsWith(Map.of("order", ORDERS, "order-line.v2", "CREATE TABLE IF NOT EXISTS order_lines (id INT)"));
		assertThat(tables(this.database)).contains("orders", "order_lines");
		assertThat(history()).containsExactly("order", "order-line.v2");
	}

	@Test
	void runsDdlOnceAndAgainWhenItsTextChanges() {
		startsWith(Map.of("order", ORDERS));
		startsWith(Map.of("order", ORDERS));
		assertThat(history()).containsExactly("order");
		startsWith(Map.of("order", ORDERS + "; ALTER TABLE orders ADD COLUMN IF NOT EXISTS amount INT"));
		assertThat(history()).containsExactly("order", "order");
		jdbc().queryForList("SELECT amount FROM orders");
	}

	@Test
	void runsSeveralStatementsWithSemicolonsInStringsAndComments() {
		startsWith(Map.of("order", """
				-- not a statement; nor this
				CREATE TABLE IF NOT EXISTS orders (
					id INT, # an id; of course
					note VARCHAR(100) DEFAULT 'a;b''c\\';' COMMENT "x;y",
					`odd;name` INT
				);
				/* neither; this */
				INSERT INTO orders (id) VALUES (1);;
				INSERT INTO orders (id, note) VALUES (2, '${not.a.placeholder}; -- nor a comment');
				DELIMITER //
				CREATE TRIGGER IF NOT EXISTS orders_trigger BEFORE INSERT ON orders FOR EACH ROW
				BEGIN
					SET NEW.id = NEW.id + 10;
					SET NEW.`odd;name` = 1;
				END//
				DELIMITER ;
				INSERT INTO orders (id) VALUES (3)
				"""));
		assertThat(jdbc().queryForList("SELECT CONCAT(id, note) FROM orders ORDER BY id", String.class))
			.containsExactly("1a;b'c';", "2${not.a.placeholder}; -- nor a comment", "13a;b'c';");
	}

	@Test
	void namesTransformerAndStatementWhenDdlFails() {
		failsWith(Map.of("order_line", "SELECT 1;\nCREATE TABEL orders (id INT);\nSELECT 2", "other", ORDERS))
			.hasMessageContaining(
					"The init DDL of the transformer 'order_line' failed: " + "You have an error in your SQL syntax")
			.hasMessageContaining("line 2:")
			.hasMessageContaining("    CREATE TABEL orders (id INT)")
			.hasMessageNotContaining("SELECT 1");
	}

	@Test
	void startsWhenBrokenDdlWasCorrected() {
		failsWith(Map.of("order", "CREATE TABLE IF NOT EXISTS orders (id INT); BROKEN"));
		failsWith(Map.of("order", "CREATE TABLE IF NOT EXISTS orders (id INT); STILL BROKEN"));
		startsWith(Map.of("order", ORDERS));
		assertThat(history()).containsExactly("order");
	}

	@Test
	void startsWhenATransformerWithBrokenDdlWasRemoved() {
		failsWith(Map.of("order", "BROKEN"));
		startsWith(Map.of("other", ORDERS));
		assertThat(history()).containsExactly("other");
	}

	@Test
	void saysWhenDdlCannotBeParsed() {
		failsWith(Map.of("order", "CREATE TABLE orders (id INT) /* no end")).hasMessageContaining("order");
	}

	@Test
	void namesATransformerThatFailsToReturnItsDdl() {
		runner(this.database)
			.withBean(TransformerRegistry.class,
					() -> new TransformerRegistry(Map.of("order", new FailingTransformer())))
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(IllegalStateException.class)
				.hasStackTraceContaining("The transformer 'order' failed to return its init DDL"));
	}

	@Test
	void startsWithoutATransformerAndWithItAgain() {
		startsWith(Map.of("order", ORDERS, "other", "CREATE TABLE IF NOT EXISTS others (id INT)"));
		startsWith(Map.of("other", "CREATE TABLE IF NOT EXISTS others (id INT)"));
		startsWith(Map.of("order", ORDERS, "other", "CREATE TABLE IF NOT EXISTS others (id INT)"));
		assertThat(history()).containsExactly("order", "other");
	}

	@Test
	void oldAndNewTextTakeTurnsDuringARollingUpdate() {
		String newer = ORDERS + "; ALTER TABLE orders ADD COLUMN IF NOT EXISTS amount INT";
		for (int i = 0; i < 2; i++) {
			startsWith(Map.of("order", ORDERS));
			startsWith(Map.of("order", newer));
		}
		assertThat(history()).hasSize(4);
	}

	@Test
	void applicationsWithTransformersOfOneNameDoNotMeet() {
		for (int i = 0; i < 2; i++) {
			startsAs("shop", "CREATE TABLE IF NOT EXISTS shop_orders (id INT)");
			startsAs("bank", "CREATE TABLE IF NOT EXISTS bank_orders (id INT)");
		}
		assertThat(jdbc().queryForList("SELECT description FROM mega_transformer_history WHERE type = 'SQL'",
				String.class))
			.containsExactlyInAnyOrder("shop:order", "bank:order");
	}

	private void startsAs(String namespace, String ddl) {
		runner(this.database).withPropertyValues("mega.namespace=" + namespace)
			.withBean(TransformerRegistry.class,
					() -> new TransformerRegistry(Map.of("order", new DdlTransformer(ddl))))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private void startsWith(Map<String, String> ddl) {
		run(ddl, (context) -> assertThat(context).hasNotFailed());
	}

	private AbstractThrowableAssert<?, ?> failsWith(Map<String, String> ddl) {
		Throwable[] failure = new Throwable[1];
		run(ddl, (context) -> {
			assertThat(context).hasFailed();
			failure[0] = context.getStartupFailure();
		});
		return assertThat(failure[0]).cause().isInstanceOf(InvalidConfigurationException.class);
	}

	private void run(Map<String, String> ddl, ContextConsumer<AssertableApplicationContext> consumer) {
		Map<String, TransformFunction> transformers = new HashMap<>();
		ddl.forEach((name, sql) -> transformers.put(name, new DdlTransformer(sql)));
		runner(this.database).withBean(TransformerRegistry.class, () -> new TransformerRegistry(transformers))
			.run(consumer);
	}

	private List<String> history() {
		return jdbc().queryForList(
				"SELECT SUBSTRING(description, LENGTH('mega:') + 1) FROM mega_transformer_history WHERE success = 1 "
						+ "AND type = 'SQL' ORDER BY installed_rank",
				String.class);
	}

	private JdbcTemplate jdbc() {
		return new JdbcTemplate(this.database.dataSource());
	}

	static class FailingTransformer implements Transformer {

		@Override
		public String initDdl() {
			throw new IllegalStateException("no DDL today");
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			return List.of();
		}

	}

}
