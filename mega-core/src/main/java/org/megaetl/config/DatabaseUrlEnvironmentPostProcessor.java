package org.megaetl.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.StringUtils;

/**
 * Turns {@code DATABASE_URL} into {@code spring.datasource.*}. Runs last, so that it sees
 * everything that is configured explicitly, which wins.
 */
class DatabaseUrlEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String PROPERTY_SOURCE = DatabaseUrl.NAME;

	private static final String URL = "spring.datasource.url";

	private static final String MARIADB_DRIVER = "org.mariadb.jdbc.Driver";

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(?=.*})");

	private final Log logger;

	DatabaseUrlEnvironmentPostProcessor(DeferredLogFactory logFactory) {
		this.logger = logFactory.getLog(getClass());
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (isSet(environment, URL)) {
			checkJdbc(environment);
		}
		String value = getValue(environment);
		// Present already: the environment of a parent context
		if (!StringUtils.hasText(value) || environment.getPropertySources().contains(PROPERTY_SOURCE)) {
			return;
		}
		if (isSet(environment, URL)) {
			this.logger.warn(DatabaseUrl.NAME + " is ignored: " + URL + " is set, and wins. Remove one of the two.");
			return;
		}
		boolean mariaDbDriver = ClassUtils.isPresent(MARIADB_DRIVER, application.getClassLoader());
		DatabaseUrl databaseUrl = DatabaseUrl.parse(value.strip(), mariaDbDriver);
		Map<String, Object> properties = new LinkedHashMap<>();
		put(properties, environment, URL, databaseUrl.url());
		put(properties, environment, "spring.datasource.username", databaseUrl.username());
		put(properties, environment, "spring.datasource.password", databaseUrl.password());
		// First, because an empty property of another source would hide it
		environment.getPropertySources().addFirst(new MapPropertySource(PROPERTY_SOURCE, properties));
	}

	private static void checkJdbc(ConfigurableEnvironment environment) {
		String url = resolve(environment, URL);
		if (url != null && url.matches("(?s)(mysql|mariadb|tidb)://.*")) {
			throw new InvalidConfigurationException(URL + " does not start with jdbc:.",
					"Write jdbc:mysql://host:3306/database, with the user and password in spring.datasource.username "
							+ "and spring.datasource.password. Or move the value to " + DatabaseUrl.NAME + ".");
		}
	}

	private static @Nullable String getValue(ConfigurableEnvironment environment) {
		try {
			return environment.getProperty(DatabaseUrl.NAME);
		}
		catch (PlaceholderResolutionException ex) {
			// Not a cause: its message quotes the value
			throw new InvalidConfigurationException(
					DatabaseUrl.NAME + " contains '${', and what follows cannot be resolved as a placeholder.",
					"Define the placeholder, or write the '$' of a user or password as %24.");
		}
	}

	private static boolean isSet(ConfigurableEnvironment environment, String name) {
		return StringUtils.hasText(resolve(environment, name));
	}

	private static @Nullable String resolve(ConfigurableEnvironment environment, String name) {
		try {
			return environment.getProperty(name);
		}
		catch (PlaceholderResolutionException ex) {
			// Set, and reported by Spring Boot when the property is bound
			return "${";
		}
	}

	private static void put(Map<String, Object> properties, ConfigurableEnvironment environment, String name,
			@Nullable String value) {
		if (value != null && !isSet(environment, name)) {
			// What looks like a placeholder is a part of the value
			properties.put(name, PLACEHOLDER.matcher(value).replaceAll("\\\\$0"));
		}
	}

}
