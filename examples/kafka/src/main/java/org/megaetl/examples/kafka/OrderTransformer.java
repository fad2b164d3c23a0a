package org.megaetl.examples.kafka;

import java.math.BigDecimal;
import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Turns an order in JSON into a row.
 */
@Component("order")
class OrderTransformer implements Transformer {

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
