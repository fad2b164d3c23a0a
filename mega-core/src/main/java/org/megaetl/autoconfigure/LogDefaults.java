package org.megaetl.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Keeps the log of a start short where nothing else sets these levels: what connection
 * pools, Flyway and Tomcat say of their own progress would hide the lines that matter.
 * The migrations that are applied stay in it. A pool's stack trace per lost connection
 * says no more than the pipeline's own line.
 */
class LogDefaults implements EnvironmentPostProcessor, Ordered {

	private static final Map<String, Object> DEFAULTS = Map.of("logging.level.com.zaxxer.hikari", "warn",
			"logging.level.com.zaxxer.hikari.pool.ProxyConnection", "error",
			"logging.level.com.zaxxer.hikari.pool.PoolBase", "error", "logging.level.org.flywaydb", "warn",
			"logging.level.org.flywaydb.core.internal.command.DbMigrate", "info",
			"logging.level.org.apache.catalina.core", "warn");

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
