package org.megaetl.devservices;

import java.io.IOException;
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
		return switch (provider) {
			case EMBEDDED -> false;
			case TESTCONTAINERS -> true;
			case AUTO -> KafkaContainerServer.isAvailable();
		};
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
		Path project = DevServicesDirectories.project(DevServicesDirectories.cache(cacheDirectory));
		for (int number = 1;; number++) {
			ServiceDirectory directory = acquire(project.resolve("kafka-test-" + number));
			if (directory != null) {
				KafkaServer server = KafkaServer.start(directory, 0, true, settings, formatArguments);
				logger.info("Started Kafka %s for tests at %s (data in %s)".formatted(server.version(),
						server.bootstrapServers(), server.directory()));
				return server;
			}
		}
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
		Path path = (kafka.directory() != null) ? kafka.directory().toAbsolutePath()
				: DevServicesDirectories.project(cache).resolve("kafka");
		ServiceDirectory directory = acquire(path);
		if (directory == null) {
			throw new DevServiceException(
					"The data directory %s is in use by another application (process %s).".formatted(path,
							ServiceDirectory.owner(path).map(String::valueOf).orElse("unknown")),
					"Stop that application, or set 'mega.devservices.kafka.directory' to another directory for this "
							+ "one, or set 'spring.kafka.bootstrap-servers' (or KAFKA_URL) to share a broker.");
		}
		KafkaServer server = KafkaServer.start(directory, kafka.port(), kafka.fresh(), kafka.settings(), List.of());
		logger.info("Started Kafka %s for development at %s (data in %s, %s)".formatted(server.version(),
				server.bootstrapServers(), server.directory(), kafka.fresh() ? "emptied at start" : "kept"));
		return server;
	}

	private static @Nullable ServiceDirectory acquire(Path path) {
		try {
			return ServiceDirectory.acquire(path);
		}
		catch (IOException ex) {
			throw new DevServiceException("The directory %s cannot be used: %s".formatted(path, ex),
					"Set 'mega.devservices.kafka.directory' to a directory that can be written.", ex);
		}
	}

}
