package org.megaetl.connector.kafka;

import java.util.Map;

import org.megaetl.config.DefaultProperties;

/**
 * Keeps the log short where nothing else sets these levels: what Kafka's clients say of
 * their own progress would hide the lines that matter.
 */
class KafkaDefaults extends DefaultProperties {

	KafkaDefaults() {
		super(Map.of("logging.level.org.apache.kafka", "warn"));
	}

}
