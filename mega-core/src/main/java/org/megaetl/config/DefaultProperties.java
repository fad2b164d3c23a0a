package org.megaetl.config;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives properties of others, such as Spring Boot's, the defaults of MEGA where a
 * connector is enabled and nothing else sets them: an application that merely has the
 * connector on its class path stays as it is. A connector extends this with its own and
 * lists the class in {@code META-INF/spring.factories}.
 */
public abstract class DefaultProperties implements EnvironmentPostProcessor, Ordered {

	private static final ConfigurationPropertyName CONNECTORS = ConfigurationPropertyName.of("mega.connectors");

	private static final String ENABLED = "enabled";

	private final Predicate<ConfigurableEnvironment> condition;

	private final Map<String, Object> defaults;

	/**
	 * Creates the defaults of a connector.
	 * @param connector the connector, such as {@code webhook}: they are there if
	 * {@code mega.connectors.webhook.enabled} is {@code true}
	 * @param defaults the values by name of the property
	 */
	protected DefaultProperties(String connector, Map<String, Object> defaults) {
		this((environment) -> isTrue(environment, CONNECTORS.append(connector).append(ENABLED)), defaults);
	}

	/**
	 * Creates defaults that are there if any connector is enabled.
	 */
	DefaultProperties(Map<String, Object> defaults) {
		this(DefaultProperties::isAnyEnabled, defaults);
	}

	private DefaultProperties(Predicate<ConfigurableEnvironment> condition, Map<String, Object> defaults) {
		this.condition = condition;
		this.defaults = Map.copyOf(defaults);
	}

	// Last, as what is configured must be known, and the merge below overwrites what is
	// among the default properties already
	@Override
	public final int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public final void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!this.condition.test(environment)) {
			return;
		}
		Map<String, Object> missing = new HashMap<>(this.defaults);
		missing.keySet().removeIf(environment::containsProperty);
		DefaultPropertiesPropertySource.addOrMerge(missing, environment.getPropertySources());
	}

	private static boolean isAnyEnabled(ConfigurableEnvironment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
			if (source instanceof IterableConfigurationPropertySource iterable
					&& iterable.stream().anyMatch((name) -> isEnabledKey(name) && isTrue(environment, name))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isEnabledKey(ConfigurationPropertyName name) {
		return name.getNumberOfElements() == CONNECTORS.getNumberOfElements() + 2 && CONNECTORS.isAncestorOf(name)
				&& ENABLED.equals(name.getLastElement(Form.UNIFORM));
	}

	// as @ConditionalOnBooleanProperty does, which enables the connector
	private static boolean isTrue(ConfigurableEnvironment environment, ConfigurationPropertyName name) {
		return "true".equalsIgnoreCase(environment.getProperty(name.toString()));
	}

}
