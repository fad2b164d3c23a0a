package org.megaetl.devservices;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;

/**
 * A Kafka broker for a test that is not a Spring test, or that ends its broker. Spring
 * tests get the shared one by themselves when none is configured.
 */
public final class TestKafka implements AutoCloseable {

	private final KafkaBroker broker;

	private final @Nullable KafkaServer ownServer;

	private TestKafka(KafkaBroker broker, @Nullable KafkaServer ownServer) {
		this.broker = broker;
		this.ownServer = ownServer;
	}

	/**
	 * Use the broker that all tests of this JVM share: choose names of topics and groups
	 * that no other test has. With Testcontainers on the class path and a Docker engine
	 * that answers, it is in a container, unless the system property
	 * {@code mega.devservices.kafka.provider} says otherwise.
	 * @return the shared broker
	 * @throws DevServiceException if the broker does not start
	 */
	public static TestKafka shared() {
		String provider = System.getProperty("mega.devservices.kafka.provider", Provider.AUTO.name());
		return new TestKafka(KafkaServers.shared(Provider.valueOf(provider.toUpperCase(Locale.ROOT)), null), null);
	}

	/**
	 * Start a broker of its own, which the test may stop, kill and reconfigure.
	 * @param settings further settings of the broker; <code>${port}</code> in a value is
	 * the port, <code>${controller-port}</code> that of the controller
	 * @param formatArguments further arguments for formatting its storage, such as
	 * {@code --add-scram}
	 * @return the running broker
	 * @throws DevServiceException if the broker does not start
	 */
	public static TestKafka createWithOwnServer(Map<String, String> settings, String... formatArguments) {
		KafkaServer server = KafkaServers.temporary(null, settings, List.of(formatArguments));
		return new TestKafka(server, server);
	}

	/**
	 * The broker's address.
	 * @return host and port
	 */
	public String bootstrapServers() {
		return this.broker.bootstrapServers();
	}

	/**
	 * Create topics with the broker's default number of partitions, 4 where it is not in
	 * a container. One that exists is left alone.
	 * @param topics their names
	 */
	public void createTopics(Collection<String> topics) {
		this.broker.createTopics(topics);
	}

	/**
	 * The broker itself.
	 * @return the server
	 * @throws IllegalStateException if others use the broker, too
	 */
	public KafkaServer server() {
		if (this.ownServer == null) {
			throw new IllegalStateException(
					"Other tests use the broker, too: create one with createWithOwnServer(Map.of())");
		}
		return this.ownServer;
	}

	/**
	 * End the broker, if it is this test's own.
	 */
	@Override
	public void close() {
		if (this.ownServer != null) {
			this.ownServer.close();
		}
	}

}
