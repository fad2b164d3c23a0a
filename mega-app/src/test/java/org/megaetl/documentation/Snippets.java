package org.megaetl.documentation;

import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;

import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Pieces of code that pages of the documentation show.
 */
final class Snippets {

	private Snippets() {
	}

	static List<SqlStatement> rows(int id, BigDecimal amount, Instant time, int lineId) {
		// @formatter:off
		return List.of(
				Row.upsert("orders").key("order_id", id).set("amount", amount).set("at", time).newerBy("at"),
				Row.insertIfAbsent("order_lines").key("line_id", lineId).set("order_id", id),
				Row.delete("carts").key("order_id", id),
				SqlStatement.of("UPDATE stock SET quantity = quantity - ? WHERE product_id = ?", 2, 12));
		// @formatter:on
	}

	static void testDatabase() {
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
			new SpringApplicationBuilder(Application.class).properties(database.toProperties()).run();
		}
	}

	static class StockTransformer implements DirectTransformer {

		@Override
		public void transform(Event event, Connection connection) {
			JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
			jdbc.sql("UPDATE stock SET quantity = quantity - 1 WHERE product_id = ?").param(event.text()).update();
		}

	}

	static class TombstoneTransformer implements Transformer {

		@Override
		public List<Row> transform(Event event) {
			int id = JsonMapper.shared().readTree(event.key()).requiredAt("/id").intValue();
			if ("true".equals(event.headers().first("kafka-tombstone"))) {
				return List.of(Row.delete("customers").key("id", id));
			}
			return List.of(Row.upsert("customers").key("id", id).set("name", event.text()));
		}

	}

	static class Application {

	}

}
