package org.megaetl.config;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * What tells this application from others on the same database: the first part of every
 * key in the platform's tables.
 */
public final class Namespace {

	private static final String PROPERTY = "mega.namespace";

	private static final String APPLICATION_NAME = "spring.application.name";

	private static final int MAX_LENGTH = 63;

	private Namespace() {
	}

	/**
	 * Returns the namespace: {@code mega.namespace}, or else the application's name, or
	 * else {@code mega}.
	 * @param environment the application's environment
	 * @return the namespace, 1 to 63 characters
	 * @throws InvalidConfigurationException if it is longer
	 */
	public static String of(Environment environment) {
		for (String property : new String[] { PROPERTY, APPLICATION_NAME }) {
			String name = environment.getProperty(property);
			if (StringUtils.hasText(name)) {
				return requireShort(name, property);
			}
		}
		return "mega";
	}

	private static String requireShort(String name, String property) {
		if (name.length() > MAX_LENGTH) {
			throw new InvalidConfigurationException(
					"'%s' is the namespace in the tables of MEGA, but '%s' has %d characters, more than %d.".formatted(
							property, name, name.length(), MAX_LENGTH),
					"Set 'mega.namespace' to a shorter name.");
		}
		return name;
	}

}
