package org.megaetl.validation;

import org.megaetl.config.InvalidConfigurationException;

import org.springframework.core.env.Environment;

/**
 * Whether the application was started to validate its configuration, and not to run.
 */
public final class Validation {

	/**
	 * The property that asks for it.
	 */
	public static final String PROPERTY = "mega.validate";

	private Validation() {
	}

	/**
	 * Returns whether the configuration is to be validated only.
	 * @param environment the configuration
	 * @return whether {@code mega.validate} is there and not {@code false}
	 * @throws InvalidConfigurationException if it is neither true nor false
	 */
	public static boolean isActive(Environment environment) {
		String value = environment.getProperty(PROPERTY);
		return value != null && isTrue(value.strip());
	}

	private static boolean isTrue(String value) {
		if ("".equals(value) || "true".equalsIgnoreCase(value)) {
			return true;
		}
		if ("false".equalsIgnoreCase(value)) {
			return false;
		}
		throw new InvalidConfigurationException(
				"'" + PROPERTY + "' is '" + value + "', which is neither true nor false.",
				"Write --" + PROPERTY + " to validate the configuration, or remove it to run the application.");
	}

}
