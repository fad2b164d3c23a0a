package org.megaetl.config;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses keys under {@code mega.} that bind to nothing, before any bean is created. No
 * value is ever printed.
 */
class UnknownKeysCheck implements BeanFactoryPostProcessor {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("mega");

	private static final ConfigurationPropertyName CONNECTORS = ROOT.append("connectors");

	private static final Set<String> CONNECTOR_MODULES = Set.of("ethereum", "kafka", "redis", "webhook");

	/**
	 * What Kubernetes sets in every container for a service whose name starts with mega.
	 */
	private static final Pattern SERVICE_LINK = Pattern
		.compile("MEGA_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

	private static final int MOST_ALTERNATIVES = 15;

	private final ConfigurableEnvironment environment;

	UnknownKeysCheck(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		KnownKeys known = KnownKeysCollector.collect(ROOT, this.environment, beanFactory);
		Map<String, String> actions = new TreeMap<>();
		Set<String> unknown = new LinkedHashSet<>();
		for (PropertySource<?> source : this.environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String key : enumerable.getPropertyNames()) {
					String action = check(enumerable, key, known);
					if (action != null) {
						actions.put(key, action);
						unknown.add("    " + key + " (" + PropertySourceOrigin.get(source, key) + ")");
					}
				}
			}
		}
		if (!unknown.isEmpty()) {
			throw new InvalidConfigurationException(
					lines("These configuration keys bind to nothing:", "",
							String.join(System.lineSeparator(), unknown)),
					lines(new LinkedHashSet<>(actions.values()).toArray(String[]::new)));
		}
	}

	/**
	 * Return what to do about a key, or {@code null} if nothing is wrong.
	 */
	private static @Nullable String check(EnumerablePropertySource<?> source, String key, KnownKeys known) {
		if (source instanceof SystemEnvironmentPropertySource) {
			return checkVariable(key, known);
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
		if (!ROOT.isAncestorOf(name) || known.contains(name)) {
			return null;
		}
		// A group without content, as in a YAML file where all below it is commented out
		if (known.containsBelow(name) && "".equals(source.getProperty(key))) {
			return null;
		}
		return action(key, name, known);
	}

	private static @Nullable String checkVariable(String variable, KnownKeys known) {
		String upperCase = variable.toUpperCase(Locale.ROOT);
		if (!upperCase.startsWith("MEGA_") || known.containsVariable(variable)
				|| SERVICE_LINK.matcher(upperCase).matches()) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(variable, '_');
		if (missingModule(name, known) != null) {
			return action(variable, name, known);
		}
		return known.closestVariable(upperCase)
			.map((closest) -> write(closest, variable))
			.orElseGet(() -> action(variable, name, known));
	}

	private static String action(String key, ConfigurationPropertyName name, KnownKeys known) {
		String module = missingModule(name, known);
		if (module != null) {
			return "Add the dependency org.megaetl:mega-connector-" + module + " for 'mega.connectors." + module
					+ "', or remove the keys below it.";
		}
		if (known.containsBelow(name)) {
			return "Remove '" + key + "', which is a group of keys and has no value itself.";
		}
		return known.closest(name).map((closest) -> write(closest, key)).orElseGet(() -> {
			Set<String> alternatives = new LinkedHashSet<>(known.alternatives(name));
			String remove = "Remove '" + key + "'";
			return (alternatives.isEmpty() || alternatives.size() > MOST_ALTERNATIVES) ? remove + "."
					: remove + ". What is known in its place: " + String.join(", ", alternatives) + ".";
		});
	}

	private static @Nullable String missingModule(ConfigurationPropertyName name, KnownKeys known) {
		if (!CONNECTORS.isAncestorOf(name)) {
			return null;
		}
		String connector = name.getElement(CONNECTORS.getNumberOfElements(), Form.UNIFORM);
		boolean present = known.containsBelow(CONNECTORS.append(connector));
		return (!present && CONNECTOR_MODULES.contains(connector)) ? connector : null;
	}

	private static String write(String right, String wrong) {
		return "Write '" + right + "' instead of '" + wrong + "'.";
	}

	private static String lines(String... lines) {
		return String.join(System.lineSeparator(), lines);
	}

}
