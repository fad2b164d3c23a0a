package org.megaetl.examples.orderconn;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Orders posted to the webhook, written by a transformer that uses the connection itself.
 */
@SpringBootApplication
public class OrderConnApplication {

	public static void main(String[] args) {
		SpringApplication.run(OrderConnApplication.class, args);
	}

}
