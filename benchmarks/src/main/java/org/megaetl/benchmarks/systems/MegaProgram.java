package org.megaetl.benchmarks.systems;

import java.util.List;

import org.megaetl.benchmarks.systems.Orders.Order;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * MEGA with one transformer. The connectors are configured by properties.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class MegaProgram {

	/**
	 * Runs MEGA.
	 * @param args arguments as of any Spring Boot application
	 */
	public static void main(String[] args) {
		SpringApplication.run(MegaProgram.class, args);
	}

	@Bean
	Transformer order() {
		return (event) -> {
			Order order = Orders.parse(event.payload());
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

}
