package org.megaetl.devservices;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

import org.springframework.util.ClassUtils;

/**
 * Kafka in a Docker container. Its data ends with it.
 */
final class KafkaContainerServer implements KafkaBroker {

	private static final String IMAGE = "apache/kafka:4.2.1";

	private final KafkaContainer container;

	private KafkaContainerServer(KafkaContainer container) {
		this.container = container;
	}

	/**
	 * Whether containers can be started.
	 * @return whether Testcontainers is on the class path and a Docker engine answers
	 */
	static boolean isAvailable() {
		return isTestcontainersPresent() && DockerClientFactory.instance().isDockerAvailable();
	}

	private static boolean isTestcontainersPresent() {
		return ClassUtils.isPresent("org.testcontainers.kafka.KafkaContainer",
				KafkaContainerServer.class.getClassLoader());
	}

	/**
	 * Start a container.
	 * @return the running broker
	 * @throws DevServiceException if no container can be started
	 */
	static KafkaContainerServer start() {
		if (!isTestcontainersPresent()) {
			throw new DevServiceException("Testcontainers' Kafka is asked for, but it is not on the class path.",
					"Add the dependency org.testcontainers:testcontainers-kafka, or set "
							+ "'mega.devservices.kafka.provider' to 'embedded'.");
		}
		if (!isAvailable()) {
			throw new DevServiceException("Testcontainers' Kafka is asked for, but no Docker engine answers.",
					"Start Docker, or set 'mega.devservices.kafka.provider' to 'embedded', or set "
							+ "'spring.kafka.bootstrap-servers' (or KAFKA_URL) to a running broker.");
		}
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
