package org.megaetl.examples.orderconn;

import java.math.BigDecimal;
import java.sql.Connection;

import org.megaetl.event.Event;
import org.megaetl.transform.DirectTransformer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Writes an order by itself, on the connection of the batch's transaction.
 */
@Component("order")
class OrderTransformer implements DirectTransformer {

	private static final JsonMapper json = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
		.build();

	@Override
	public void transform(Event event, Connection connection) {
		Order order = json.readValue(event.payload(), Order.class);
		JdbcClient.create(new SingleConnectionDataSource(connection, true))
			.sql("""
					INSERT INTO orders (order_id, product_id, quantity, amount, shipping, tax, shipping_address)
					VALUES (:orderId, :productId, :quantity, :amount, :shipping, :tax, :shippingAddress)""")
			.paramSource(order)
			.update();
	}

	@Override
	public String initDdl() {
		return """
				CREATE TABLE IF NOT EXISTS orders (
					order_id INT, product_id INT, quantity INT, amount DECIMAL(10, 2), shipping DECIMAL(10, 2),
					tax DECIMAL(10, 2), shipping_address VARCHAR(50),
					date_registered TIMESTAMP DEFAULT CURRENT_TIMESTAMP
				)""";
	}

	@JsonNaming(SnakeCaseStrategy.class)
	record Order(int orderId, int productId, int quantity, BigDecimal amount, BigDecimal shipping, BigDecimal tax,
			String shippingAddress) {
	}

}
