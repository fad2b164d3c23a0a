package org.megaetl.devservices;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * A running broker on which topics can be created.
 */
interface KafkaBroker extends AutoCloseable {

	/**
	 * The broker's address.
	 * @return host and port
	 */
	String bootstrapServers();

	@Override
	void close();

	/**
	 * Create topics with as many partitions as the broker's settings say. One that exists
	 * is left alone.
	 * @param topics their names
	 */
	default void createTopics(Collection<String> topics) {
		List<NewTopic> created = topics.stream()
			.distinct()
			.map((topic) -> new NewTopic(topic, Optional.empty(), Optional.empty()))
			.toList();
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
			for (var result : admin.createTopics(created).values().entrySet()) {
				try {
					result.getValue().get();
				}
				catch (ExecutionException ex) {
					if (!(ex.getCause() instanceof TopicExistsException)) {
						throw new DevServiceException(
								"The topic '%s' cannot be created: %s".formatted(result.getKey(), ex.getCause()),
								"Name another topic.", ex);
					}
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while creating topics", ex);
		}
	}

}
