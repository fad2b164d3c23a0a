package org.megaetl.benchmarks;

import java.util.HashMap;
import java.util.Map;

/**
 * How a system under test reads a topic.
 */
final class KafkaInbound {

	/** How many consumers read it. */
	static final String CONSUMERS = "2";

	private KafkaInbound() {
	}

	/**
	 * Returns the properties of a program that reads a topic from its beginning.
	 * @param topic the topic
	 */
	static Map<String, String> properties(String topic) {
		Map<String, String> properties = common();
		properties.put("topic", topic);
		properties.put("group", "group-" + System.nanoTime());
		properties.put("consumers", CONSUMERS);
		properties.put("mega.connectors.kafka.enabled", "true");
		String inbound = "mega.connectors.kafka.inbound.orders.";
		properties.put(inbound + "topics", topic);
		properties.put(inbound + "transformer", "order");
		properties.put(inbound + "concurrency", CONSUMERS);
		return properties;
	}

	/**
	 * Returns what is the same for all topics.
	 */
	static Map<String, String> common() {
		Map<String, String> properties = new HashMap<>();
		properties.put("spring.main.web-application-type", "none");
		properties.put("spring.main.keep-alive", "true");
		properties.put("spring.kafka.consumer.value-deserializer",
				"org.apache.kafka.common.serialization.ByteArrayDeserializer");
		properties.put("spring.kafka.consumer.auto-offset-reset", "earliest");
		properties.put("spring.kafka.consumer.max-poll-records", "2000");
		return properties;
	}

}
