package org.megaetl.connector.kafka;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The address of brokers and a topic as {@code KAFKA_URL} has it:
 * {@code kafka://host:port/topic}.
 *
 * @param bootstrapServers one or more addresses, separated by commas
 * @param topic the topic, or {@code null} if there is none
 */
record KafkaUrl(String bootstrapServers, @Nullable String topic) {

	static final String NAME = "KAFKA_URL";

	private static final Pattern ADDRESS = Pattern.compile("([^\\s:,/@\\[\\]]+|\\[[0-9a-fA-F:.]+\\])(:\\d{1,5})?");

	private static final Pattern FORM = Pattern
		.compile("kafka://(?<servers>[^/\\s@?#]+)(/(?<topic>[a-zA-Z0-9._-]{1,249})?)?");

	/**
	 * Parses a value.
	 * @param value the value
	 * @return the address
	 * @throws InvalidConfigurationException if it is malformed; the message does not
	 * quote it
	 */
	static KafkaUrl parse(String value) {
		Matcher matcher = FORM.matcher(value.strip());
		if (!matcher.matches()) {
			throw malformed("does not have the form kafka://host:port/topic");
		}
		StringBuilder servers = new StringBuilder();
		for (String server : matcher.group("servers").split(",", -1)) {
			Matcher address = ADDRESS.matcher(server);
			if (!address.matches()) {
				throw malformed("has an address that is not of the form host:port");
			}
			servers.append((servers.length() > 0) ? "," : "").append(server);
			servers.append((address.group(2) != null) ? "" : ":9092");
		}
		return new KafkaUrl(servers.toString(), matcher.group("topic"));
	}

	private static InvalidConfigurationException malformed(String what) {
		return new InvalidConfigurationException(NAME + " " + what + ".",
				"Write kafka://host:port/topic, several brokers as kafka://one:9092,two:9092/topic. Users and "
						+ "passwords belong to 'spring.kafka.properties.sasl.jaas.config'.");
	}

	/**
	 * Returns what is configured.
	 * @param environment the configuration
	 * @return the address, or {@code null} if the variable is not set
	 * @throws InvalidConfigurationException if it is malformed
	 */
	static @Nullable KafkaUrl of(Environment environment) {
		String value = environment.getProperty(NAME);
		return StringUtils.hasText(value) ? parse(value) : null;
	}

}
