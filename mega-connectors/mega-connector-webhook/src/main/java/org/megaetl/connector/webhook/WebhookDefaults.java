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
 * else sets them: the port 3344, problems as in RFC 9457 for requests that reach no
 * inbound, HTTP/2, and limits for connections on which nothing happens.
 */
class WebhookDefaults implements EnvironmentPostProcessor, Ordered {

	private static final Map<String, Object> DEFAULTS = Map.of("server.port", "3344",
			"spring.mvc.problemdetails.enabled", "true", "server.http2.enabled", "true",
			"server.tomcat.connection-timeout", "20s", "server.tomcat.keep-alive-timeout", "60s",
			"server.tomcat.max-keep-alive-requests", "10000");

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
