package org.megaetl.connector.webhook;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application with transformers that do what their event tells them to.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class WebhookTestApplication {

	static final String LONG_REASON = "no ".repeat(2000);

	@Bean
	Transformer raw() {
		return new RawTransformer();
	}

	@Bean
	Transformer order() {
		return new OrderTransformer();
	}

	@Bean
	DirectTransformer direct() {
		return (event, connection) -> store(event, connection);
	}

	private static void store(Event event, Connection connection) throws Exception {
		if (event.text().equals("reject")) {
			throw new IllegalArgumentException(LONG_REASON);
		}
		try (PreparedStatement statement = connection
			.prepareStatement("INSERT INTO payloads (body, thread) VALUES (?, ?)")) {
			statement.setBytes(1, event.payload());
			statement.setString(2, Thread.currentThread().getName());
			statement.executeUpdate();
		}
	}

	/**
	 * Stores the payload as it is.
	 */
	static class RawTransformer implements Transformer {

		@Override
		public List<SqlStatement> transform(Event event) {
			String text = event.text();
			if (text.equals("skip")) {
				return List.of();
			}
			if (text.startsWith("reject:")) {
				throw new IllegalArgumentException(text.substring("reject:".length()));
			}
			return List.of(Row.insert("payloads")
				.set("body", event.payload())
				.set("content_type", event.headers().first("Content-Type"))
				.set("secrets",
						String.join(",", event.headers().all("Authorization"))
								+ String.join(",", event.headers().all("cookie")))
				.set("small", text.startsWith("too-long") ? "much more than ten characters" : null));
		}

		@Override
		public @Nullable String initDdl() {
			return """
					CREATE TABLE IF NOT EXISTS payloads (id INT AUTO_INCREMENT PRIMARY KEY, body LONGBLOB,
						content_type VARCHAR(200), secrets VARCHAR(200), small VARCHAR(10),
						thread VARCHAR(100))""";
		}

	}

	/**
	 * Stores an order in JSON.
	 */
	static class OrderTransformer implements Transformer {

		private final JsonMapper json = JsonMapper.shared();

		@Override
		public List<SqlStatement> transform(Event event) {
			JsonNode order = this.json.readTree(event.payload());
			return List.of(Row.insert("orders")
				.set("order_id", order.required("order_id").asInt())
				.set("product_id", order.required("product_id").asInt())
				.set("quantity", order.required("quantity").asInt())
				.set("amount", order.required("amount").decimalValue())
				.set("shipping", order.required("shipping").decimalValue())
				.set("tax", order.required("tax").decimalValue())
				.set("shipping_address", order.required("shipping_address").asString()));
		}

		@Override
		public @Nullable String initDdl() {
			return """
					CREATE TABLE IF NOT EXISTS orders (order_id INT, product_id INT, quantity INT, amount FLOAT,
						shipping FLOAT, tax FLOAT, shipping_address VARCHAR(50),
						date_registered TIMESTAMP DEFAULT CURRENT_TIMESTAMP)""";
		}

	}

}
