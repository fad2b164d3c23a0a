package org.megaetl.config;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives properties of others, such as Spring Boot's, the defaults of MEGA where nothing
 * else sets them. A connector extends this with its own and lists the class in
 * {@code META-INF/spring.factories}.
 */
public abstract class DefaultProperties implements EnvironmentPostProcessor, Ordered {

	private final Map<String, Object> defaults;

	/**
	 * Creates the defaults.
	 * @param defaults the values by name of the property
	 */
	protected DefaultProperties(Map<String, Object> defaults) {
		this.defaults = Map.copyOf(defaults);
	}

	// Last, as the merge below overwrites what is among the default properties already
	@Override
	public final int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public final void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> missing = new HashMap<>(this.defaults);
		missing.keySet().removeIf(environment::containsProperty);
		DefaultPropertiesPropertySource.addOrMerge(missing, environment.getPropertySources());
	}

}
