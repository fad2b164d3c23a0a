package org.megaetl.benchmarks.systems;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * What all systems read, and the table they write. All of them parse it in the same way.
 */
public final class Orders {

	/** The members of an order, and the columns they are written to. */
	public static final List<String> COLUMNS = List.of("order_id", "product_id", "quantity", "amount", "shipping",
			"tax", "shipping_address");

	/** Writes an order with one row. */
	static final String INSERT = """
			INSERT INTO orders (order_id, product_id, quantity, amount, shipping, tax, shipping_address) \
			VALUES (?, ?, ?, ?, ?, ?, ?)""";

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private Orders() {
	}

	/**
	 * Returns an order as a sender writes it.
	 * @param id its number
	 * @return the order in JSON
	 */
	public static byte[] json(long id) {
		return ("{\"order_id\":" + id + ",\"product_id\":" + (id % 1000) + ",\"quantity\":" + (1 + id % 9)
				+ ",\"amount\":" + (id % 500) + ".25,\"shipping\":15.0,\"tax\":2.0,"
				+ "\"shipping_address\":\"Mataderos 2312, entrance " + (id % 100) + "\"}")
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Returns an order that the table does not take, as its address is too long.
	 * @param id its number
	 * @return the order in JSON
	 */
	public static byte[] poison(long id) {
		return new String(json(id), StandardCharsets.UTF_8)
			.replace("Mataderos 2312", "Mataderos 2312, which has a name that is much longer than the column")
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Returns the DDL of the table.
	 * @param key whether it has a primary key
	 * @return one statement
	 */
	public static String table(boolean key) {
		return """
				CREATE TABLE orders (
					order_id INT, product_id INT, quantity INT, amount FLOAT, shipping FLOAT, tax FLOAT,
					shipping_address VARCHAR(50), date_registered TIMESTAMP DEFAULT CURRENT_TIMESTAMP%s
				)""".formatted(key ? ", PRIMARY KEY (order_id)" : "");
	}

	/**
	 * Returns MEGA's transformer.
	 * @return a transformer to a row of the table
	 */
	public static Transformer transformer() {
		return (event) -> {
			Order order = parse(event.payload());
			return List.of(Row.insert("orders")
				.set("order_id", order.orderId())
				.set("product_id", order.productId())
				.set("quantity", order.quantity())
				.set("amount", order.amount())
				.set("shipping", order.shipping())
				.set("tax", order.tax())
				.set("shipping_address", order.shippingAddress()));
		};
	}

	static Order parse(byte[] json) {
		return mapper.readValue(json, Order.class);
	}

	static Order parse(String json) {
		return mapper.readValue(json, Order.class);
	}

	@JsonNaming(SnakeCaseStrategy.class)
	record Order(int orderId, int productId, int quantity, BigDecimal amount, BigDecimal shipping, BigDecimal tax,
			String shippingAddress) {

		Object[] values() {
			return new Object[] { this.orderId, this.productId, this.quantity, this.amount, this.shipping, this.tax,
					this.shippingAddress };
		}

	}

}
