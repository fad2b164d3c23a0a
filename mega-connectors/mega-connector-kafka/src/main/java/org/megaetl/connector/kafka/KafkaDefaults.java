package org.megaetl.connector.kafka;

import java.util.Map;

import org.megaetl.config.DefaultProperties;

/**
 * Keeps the log short where the connector is enabled and nothing else sets this level:
 * what Kafka's clients say of their own progress would hide the lines that matter.
 */
class KafkaDefaults extends DefaultProperties {

	KafkaDefaults() {
		super("kafka", Map.of("logging.level.org.apache.kafka", "warn"));
	}

}
