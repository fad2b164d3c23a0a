package org.megaetl.config;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * What tells this application from others on the same database: the first part of every
 * key in the platform's tables. A connector that keeps state of its own takes it as a
 * bean.
 */
public final class Namespace {

	private static final String PROPERTY = "mega.namespace";

	private static final String APPLICATION_NAME = "spring.application.name";

	private static final int MAX_LENGTH = 63;

	private final @Nullable String name;

	private final String property;

	private Namespace(@Nullable String name, String property) {
		this.name = name;
		this.property = property;
	}

	/**
	 * Returns the namespace of an application.
	 * @param configured the value of {@code mega.namespace}, or {@code null}
	 * @param application the value of {@code spring.application.name}, which it is
	 * otherwise, or {@code null}
	 * @return the namespace, which may have no name
	 */
	public static Namespace of(@Nullable String configured, @Nullable String application) {
		if (StringUtils.hasText(configured)) {
			return new Namespace(configured, PROPERTY);
		}
		return new Namespace(StringUtils.hasText(application) ? application : null, APPLICATION_NAME);
	}

	/**
	 * Returns the namespace of a name.
	 * @param name the name, which is not empty
	 * @return the namespace
	 */
	public static Namespace of(String name) {
		Assert.hasText(name, "'name' must not be empty");
		return new Namespace(name, PROPERTY);
	}

	/**
	 * Returns the name, for what keeps state under it.
	 * @return 1 to 63 characters
	 * @throws InvalidConfigurationException if there is none, or it is longer: there is
	 * no default, as two applications that both had it would share their state
	 */
	public String name() {
		if (this.name == null) {
			throw new InvalidConfigurationException(
					("Neither '%s' nor '%s' is set. Without a name of its own, an application shares positions and ids "
							+ "of events with any other on the same database that has none, and both lose events.")
						.formatted(PROPERTY, APPLICATION_NAME),
					("Set '%s' to the application's name, or '%s' to a name that no other application on the database "
							+ "has. '%s: mega' keeps what an earlier version wrote without either.")
						.formatted(APPLICATION_NAME, PROPERTY, PROPERTY));
		}
		if (this.name.length() > MAX_LENGTH) {
			throw new InvalidConfigurationException(
					"'%s' is the namespace in the tables of MEGA, but '%s' has %d characters, more than %d."
						.formatted(this.property, this.name, this.name.length(), MAX_LENGTH),
					"Set '" + PROPERTY + "' to a shorter name.");
		}
		return this.name;
	}

	/**
	 * Returns the name, for what only looks for state that was kept under it.
	 * @return the name; empty, which nothing is kept under, where {@link #name()} fails
	 */
	public String nameOrEmpty() {
		return (this.name != null && this.name.length() <= MAX_LENGTH) ? this.name : "";
	}

}
