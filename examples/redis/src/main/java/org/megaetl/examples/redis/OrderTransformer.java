package org.megaetl.examples.redis;

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
 * Turns an order into a row, whether it was the payload of an entry or a hash, whose
 * fields are all text.
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
			.set("quantity", order.quantity())
			.set("amount", order.amount())
			.set("source", event.source()));
	}

	@Override
	public String initDdl() {
		return """
				CREATE TABLE IF NOT EXISTS orders (
					order_id INT NOT NULL, quantity INT NOT NULL, amount DECIMAL(10, 2) NOT NULL, source VARCHAR(63)
				)""";
	}

	@JsonNaming(SnakeCaseStrategy.class)
	record Order(int orderId, int quantity, BigDecimal amount) {
	}

}
