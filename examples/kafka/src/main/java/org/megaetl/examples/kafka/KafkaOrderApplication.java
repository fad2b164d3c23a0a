package org.megaetl.examples.kafka;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Orders of a topic become rows of the table {@code orders}.
 */
@SpringBootApplication
public class KafkaOrderApplication {

	public static void main(String[] args) {
		SpringApplication.run(KafkaOrderApplication.class, args);
	}

}
