package org.megaetl.connector.kafka;

import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Tells brokers that somebody named from those that Spring Boot falls back on.
 */
final class Brokers {

	private static final List<String> NAMES = List.of("spring.kafka.bootstrap-servers",
			"spring.kafka.consumer.bootstrap-servers");

	/** What there is where nobody names any. */
	private static final List<String> FALLBACK = List.of("localhost:9092");

	private Brokers() {
	}

	/**
	 * Returns whether somebody named the brokers of consumers: a property, or a bean such
	 * as that of a container of Testcontainers.
	 * @param consumer the properties of consumers
	 * @param details the bean with the brokers, if there is one
	 * @param environment the configuration
	 */
	static boolean areNamed(Map<String, Object> consumer, @Nullable KafkaConnectionDetails details,
			Environment environment) {
		if (!isFallback(consumer)) {
			return true;
		}
		if (details != null && !isSpringBoots(details)) {
			return true;
		}
		return NAMES.stream().anyMatch((name) -> isSet(environment, name));
	}

	/**
	 * Returns whether a property names brokers, as text or as a list.
	 * @param environment the configuration
	 * @param name the property
	 */
	static boolean isSet(Environment environment, String name) {
		return Binder.get(environment)
			.bind(name, Bindable.listOf(String.class))
			.orElse(List.of())
			.stream()
			.anyMatch(StringUtils::hasText);
	}

	/**
	 * Returns whether the brokers are those that Spring Boot takes where nobody names
	 * any.
	 * @param properties the properties of consumers or producers
	 */
	static boolean isFallback(Map<String, Object> properties) {
		return FALLBACK.equals(properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
	}

	/** The one that has what properties say, which is not public. */
	private static boolean isSpringBoots(KafkaConnectionDetails details) {
		return details.getClass().getPackage().equals(KafkaAutoConfiguration.class.getPackage());
	}

}
