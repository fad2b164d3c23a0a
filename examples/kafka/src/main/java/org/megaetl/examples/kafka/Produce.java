package org.megaetl.examples.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends a file to a topic, where Kafka's own tools are not at hand.
 */
public final class Produce {

	private Produce() {
	}

	/**
	 * Sends a file.
	 * @param args the broker's address, the topic, the file
	 * @throws Exception if it cannot be sent
	 */
	public static void main(String[] args) throws Exception {
		try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", args[0]), new ByteArraySerializer(),
				new ByteArraySerializer())) {
			producer.send(new ProducerRecord<>(args[1], Files.readAllBytes(Path.of(args[2])))).get();
		}
	}

}
