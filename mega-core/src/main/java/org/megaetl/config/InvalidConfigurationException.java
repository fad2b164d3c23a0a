package org.megaetl.config;

import org.jspecify.annotations.Nullable;

/**
 * A mistake in the configuration that a person can put right. Thrown while the
 * application starts, it is reported as Spring Boot's failure report, without a stack
 * trace. Neither text may contain a secret.
 */
public class InvalidConfigurationException extends RuntimeException {

	private final String description;

	private final String action;

	/**
	 * Create a new exception.
	 * @param description what is wrong: the value, the property and the place
	 * @param action what to do about it, in the imperative
	 */
	public InvalidConfigurationException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * Create a new exception with a cause, which must not contain a secret either.
	 * @param description what is wrong: the value, the property and the place
	 * @param action what to do about it, in the imperative
	 * @param cause the cause, or {@code null}
	 */
	public InvalidConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * Return what to do about it.
	 * @return the action
	 */
	public String getAction() {
		return this.action;
	}

}
