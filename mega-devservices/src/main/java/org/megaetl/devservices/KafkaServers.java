package org.megaetl.devservices;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;

/**
 * Starts Kafka brokers, and holds the one that is shared by the whole JVM.
 */
final class KafkaServers {

	private static final Log logger = LogFactory.getLog(KafkaServers.class);

	private static final Map<Boolean, KafkaBroker> shared = new HashMap<>();

	private KafkaServers() {
	}

	/**
	 * The broker that this JVM shares, started if it is the first time.
	 * @param provider where the broker comes from
	 * @param cacheDirectory the configured cache directory, if any
	 * @return a broker that runs until the JVM ends
	 */
	static KafkaBroker shared(Provider provider, @Nullable Path cacheDirectory) {
		synchronized (shared) {
			return shared.computeIfAbsent(useContainer(provider), (container) -> container
					? KafkaContainerServer.start() : temporary(cacheDirectory, Map.of(), List.of()));
		}
	}

	static boolean useContainer(Provider provider) {
		return provider.isContainer(KafkaContainerServer.SUPPORT::isAvailable);
	}

	/**
	 * Start a broker without data, in the first directory that no other test JVM uses.
	 * @param cacheDirectory the configured cache directory, if any
	 * @param settings further settings of the broker
	 * @param formatArguments further arguments for formatting its storage
	 * @return the running broker
	 */
	static KafkaServer temporary(@Nullable Path cacheDirectory, Map<String, String> settings,
			List<String> formatArguments) {
		ServiceDirectory directory = DevServicesDirectories.forTests(KafkaServer.PRODUCT,
				DevServicesDirectories.cache(cacheDirectory));
		KafkaServer server = LocalServer.start(new KafkaServer(directory, 0, settings, formatArguments), true);
		logger.info("Started Kafka %s for tests at %s (data in %s)".formatted(server.version(),
				server.bootstrapServers(), server.directory()));
		return server;
	}

	/**
	 * Start the broker that belongs to the project.
	 * @param properties the settings
	 * @return the running broker
	 * @throws DevServiceException if it does not start
	 */
	static KafkaServer ofProject(DevServicesProperties properties) {
		DevServicesProperties.Kafka kafka = properties.kafka();
		Path cache = DevServicesDirectories.cache(properties.cacheDirectory());
		ServiceDirectory directory = DevServicesDirectories.ofProject(KafkaServer.PRODUCT, cache, kafka.directory(),
				"set 'spring.kafka.bootstrap-servers' (or KAFKA_URL) to share a broker");
		KafkaServer server = LocalServer.start(new KafkaServer(directory, kafka.port(), kafka.settings(), List.of()),
				kafka.fresh());
		logger.info("Started Kafka %s for development at %s (data in %s, %s)".formatted(server.version(),
				server.bootstrapServers(), server.directory(), kafka.fresh() ? "emptied at start" : "kept"));
		return server;
	}

}
