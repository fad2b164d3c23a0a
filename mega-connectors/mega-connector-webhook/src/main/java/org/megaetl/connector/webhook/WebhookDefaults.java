package org.megaetl.connector.webhook;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives Spring Boot's properties of the web server the defaults of MEGA, where nothing
 * else sets them: the port 3344, and problems as in RFC 9457 for requests that reach no
 * inbound.
 */
class WebhookDefaults implements EnvironmentPostProcessor, Ordered {

	private static final Map<String, Object> DEFAULTS = Map.of("server.port", "3344",
			"spring.mvc.problemdetails.enabled", "true");

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
