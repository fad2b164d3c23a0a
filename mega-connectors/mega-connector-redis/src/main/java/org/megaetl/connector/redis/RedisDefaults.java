package org.megaetl.connector.redis;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Switches off what Spring Boot would add by itself for Redis, where nothing else sets
 * it: its health contributor, as each pipeline has its own and an application whose Redis
 * connector is not enabled needs no Redis; and the search for Spring Data repositories.
 */
class RedisDefaults implements EnvironmentPostProcessor, Ordered {

	private static final Map<String, Object> DEFAULTS = Map.of("management.health.redis.enabled", "false",
			"spring.data.redis.repositories.enabled", "false");

	// Last, as the merge below overwrites what is among the default properties already
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> defaults = new HashMap<>(DEFAULTS);
		defaults.keySet().removeIf(environment::containsProperty);
		DefaultPropertiesPropertySource.addOrMerge(defaults, environment.getPropertySources());
	}

}
