package org.megaetl.transformers;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same orders through transformers of all kinds.
 */
class ComparisonTests {

	private static final String WASM = """
			type: wasm
			tables: [orders]
			timeout: 20s
			location: "file:../examples/wasm/order-%s.wasm"
			""";

	private static final String SCRIPT = """
			type: javascript
			tables: [orders]
			timeout: 20s
			location: "classpath:org/megaetl/transformers/order.js"
			engine: %s
			""";

	private static TestDatabase database;

	private static final Map<String, Transformer> transformers = new LinkedHashMap<>();

	@BeforeAll
	static void createTransformers() throws Exception {
		database = TestDatabase.create();
		database.execute("CREATE TABLE orders (order_id INT, product_id INT, quantity INT, amount DECIMAL(12,4), "
				+ "shipping FLOAT, tax DOUBLE, shipping_address VARCHAR(50))");
		transformers.put("Java bean", new OrderTransformer());
		transformers.put("mapping", Configured.transformer("""
				type: mapping
				table: orders
				columns:
				  order_id: /order_id
				  product_id: /product_id
				  quantity: /quantity
				  amount: /amount
				  shipping: /shipping
				  tax: /tax
				  shipping_address: /shipping_address
				""", database));
		transformers.put("JavaScript, GraalJS", Configured.transformer(SCRIPT.formatted("graaljs"), database));
		transformers.put("WebAssembly, compiled, Rust", Configured.transformer(WASM.formatted("rust"), database));
		transformers.put("WebAssembly, compiled, C", Configured.transformer(WASM.formatted("c"), database));
		transformers.put("WebAssembly, compiled, AssemblyScript",
				Configured.transformer(WASM.formatted("assemblyscript"), database));
		transformers.put("WebAssembly, interpreted, Rust",
				Configured.transformer(WASM.formatted("rust") + "interpreted: true", database));
		Transformer quickJs = Configured.transformer(SCRIPT.formatted("quickjs"), database);
		transformers.put("JavaScript, QuickJS, 100 events at once", quickJs);
		transformers.put("JavaScript, QuickJS, event by event", quickJs::transform);
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@Test
	void writeEqualRows() throws Exception {
		String[] orders = new String[10_000];
		for (int i = 0; i < orders.length; i++) {
			orders[i] = order(i);
		}
		JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
		Map<String, List<String>> written = new LinkedHashMap<>();
		for (Map.Entry<String, Transformer> transformer : transformers.entrySet()) {
			jdbc.execute("TRUNCATE TABLE orders");
			Configured.write(database, transformer.getValue(), orders);
			written.put(transformer.getKey(), jdbc.query("SELECT * FROM orders ORDER BY order_id", (row, number) -> {
				List<Object> values = new ArrayList<>();
				for (int column = 1; column <= 7; column++) {
					values.add(row.getObject(column));
				}
				return values.toString();
			}));
		}
		List<String> expected = Objects.requireNonNull(written.get("Java bean"));
		assertThat(expected).hasSize(orders.length)
			.contains("[17, 5, 3, 0.1700, 15.17, 17.1, Große Straße \"17\", México]");
		written.forEach((name, rows) -> assertThat(rows).as(name).isEqualTo(expected));
	}

	private static String order(int i) {
		return """
				{"order_id":%d,"product_id":%d,"quantity":%d,"amount":%d.%02d,"shipping":15.%d,"tax":%d.1,\
				"shipping_address":"Große Straße \\"%d\\", México"}""".formatted(i, i % 12, i % 7, i / 100, i % 100,
				i % 100, i % 20, i);
	}

	/**
	 * The transformer of the example, returning rows.
	 */
	private static final class OrderTransformer implements Transformer {

		private static final JsonMapper json = JsonMapper.builder()
			.enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
			.build();

		@Override
		public List<Row> transform(Event event) {
			Order order = json.readValue(event.payload(), Order.class);
			return List.of(Row.insert("orders")
				.set("order_id", order.orderId())
				.set("product_id", order.productId())
				.set("quantity", order.quantity())
				.set("amount", order.amount())
				.set("shipping", order.shipping())
				.set("tax", order.tax())
				.set("shipping_address", order.shippingAddress()));
		}

	}

	@JsonNaming(SnakeCaseStrategy.class)
	record Order(int orderId, int productId, int quantity, BigDecimal amount, BigDecimal shipping, BigDecimal tax,
			String shippingAddress) {

	}

}
