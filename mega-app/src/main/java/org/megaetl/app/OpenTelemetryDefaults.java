package org.megaetl.app;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.support.EnvironmentPostProcessorApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Switches off what would send metrics and traces where nothing says to which server, so
 * that it costs nothing and fails nowhere.
 */
class OpenTelemetryDefaults implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	private static final String METRICS = "management.otlp.metrics.export.";

	private static final String TRACES = "management.opentelemetry.tracing.export.otlp.endpoint";

	private static final String LOGS = "management.opentelemetry.logging.export.otlp.endpoint";

	/**
	 * After the last {@code EnvironmentPostProcessor}, since Spring Boot's own that makes
	 * properties of OpenTelemetry's variables has no order; and before the log is set up,
	 * which looks whether anything is traced.
	 */
	@Override
	public int getOrder() {
		return EnvironmentPostProcessorApplicationListener.DEFAULT_ORDER + 1;
	}

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		ConfigurableEnvironment environment = event.getEnvironment();
		checkUrl(environment.getProperty(METRICS + "url"));
		boolean traces = environment.containsProperty(TRACES);
		Map<String, Object> defaults = new LinkedHashMap<>();
		if (!environment.containsProperty(METRICS + "url")) {
			defaults.put(METRICS + "enabled", "false");
		}
		if (!traces) {
			defaults.put("management.tracing.export.enabled", "false");
		}
		if (!traces && !environment.containsProperty(LOGS)) {
			defaults.put("management.opentelemetry.enabled", "false");
		}
		defaults.keySet().removeIf(environment::containsProperty);
		DefaultPropertiesPropertySource.addOrMerge(defaults, environment.getPropertySources());
	}

	// Micrometer logs the URL, and does not even send the user that is in it
	private static void checkUrl(@Nullable String url) {
		if (url == null) {
			return;
		}
		int authority = url.indexOf("://") + 3;
		int end = url.indexOf('/', authority);
		if (url.substring(authority, (end >= 0) ? end : url.length()).contains("@")) {
			throw new InvalidConfigurationException(
					"'" + METRICS + "url' has a user, which would be written to the log and not be sent.",
					"Set '" + METRICS + "headers.Authorization' instead; or 'OTEL_EXPORTER_OTLP_HEADERS', where "
							+ "'OTEL_EXPORTER_OTLP_ENDPOINT' has the user.");
		}
	}

}
