package org.megaetl.devservices;

import org.testcontainers.kafka.KafkaContainer;

/**
 * Kafka in a Docker container. Its data ends with it.
 */
final class KafkaContainerServer implements KafkaBroker {

	static final DockerSupport SUPPORT = new DockerSupport("Kafka", "org.testcontainers.kafka.KafkaContainer",
			"org.testcontainers:testcontainers-kafka", "mega.devservices.kafka.provider",
			"'spring.kafka.bootstrap-servers' (or KAFKA_URL) to a running broker");

	private static final String IMAGE = "apache/kafka:4.2.1";

	private final KafkaContainer container;

	private KafkaContainerServer(KafkaContainer container) {
		this.container = container;
	}

	/**
	 * Start a container.
	 * @return the running broker
	 * @throws DevServiceException if no container can be started
	 */
	static KafkaContainerServer start() {
		SUPPORT.require();
		KafkaContainer container = new KafkaContainer(IMAGE);
		container.start();
		return new KafkaContainerServer(container);
	}

	@Override
	public String bootstrapServers() {
		return this.container.getBootstrapServers();
	}

	@Override
	public void close() {
		this.container.stop();
	}

	@Override
	public String toString() {
		return IMAGE;
	}

}
