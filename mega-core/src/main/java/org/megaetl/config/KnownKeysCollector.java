package org.megaetl.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Collects the keys that bind to something: those of the configuration metadata on the
 * class path, and whatever Spring Boot itself looks up when it binds the classes that the
 * metadata and the application's beans name. That binding is a rehearsal: it sets and
 * creates nothing, but it finds the keys inside maps, of modules that are not enabled
 * too.
 */
final class KnownKeysCollector {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private final ConfigurationPropertyName root;

	private final Binder binder;

	private final @Nullable ClassLoader classLoader;

	private final KnownKeys keys = new KnownKeys();

	private KnownKeysCollector(ConfigurationPropertyName root, Environment environment,
			@Nullable ClassLoader classLoader) {
		this.root = root;
		this.binder = Binder.get(environment);
		this.classLoader = classLoader;
	}

	static KnownKeys collect(ConfigurationPropertyName root, Environment environment,
			ConfigurableListableBeanFactory beanFactory) {
		KnownKeysCollector collector = new KnownKeysCollector(root, environment, beanFactory.getBeanClassLoader());
		collector.collectMetadata();
		collector.collectBeans(beanFactory);
		return collector.keys;
	}

	private void collectMetadata() {
		try {
			Enumeration<URL> resources = (this.classLoader != null) ? this.classLoader.getResources(METADATA)
					: ClassLoader.getSystemResources(METADATA);
			for (URL url : Collections.list(resources)) {
				String json = read(url);
				// Most of the files are other projects': do not parse those
				if (json.contains('"' + this.root.toString() + '.')) {
					collectMetadata(JsonParserFactory.getJsonParser().parseMap(json));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The configuration metadata on the class path cannot be read", ex);
		}
	}

	private static String read(URL url) throws IOException {
		URLConnection connection = url.openConnection();
		connection.setUseCaches(false);
		try (InputStream stream = connection.getInputStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private void collectMetadata(Map<String, Object> metadata) {
		for (Map<String, Object> group : items(metadata, "groups")) {
			Class<?> type = load(group.get("type"));
			if (type != null) {
				rehearse(name(group), type);
			}
		}
		for (Map<String, Object> property : items(metadata, "properties")) {
			boolean container = String.valueOf(property.get("type")).startsWith("java.util.");
			if (container && load(property.get("sourceType")) == null) {
				this.keys.addOpen(name(property));
			}
			else {
				this.keys.add(name(property));
			}
		}
	}

	@SuppressWarnings("unchecked")
	private List<Map<String, Object>> items(Map<String, Object> metadata, String kind) {
		List<Map<String, Object>> items = new ArrayList<>();
		for (Object item : (Collection<Object>) metadata.getOrDefault(kind, List.of())) {
			Map<String, Object> values = (Map<String, Object>) item;
			ConfigurationPropertyName name = name(values);
			if (this.root.equals(name) || this.root.isAncestorOf(name)) {
				items.add(values);
			}
		}
		return items;
	}

	private static ConfigurationPropertyName name(Map<String, Object> item) {
		return ConfigurationPropertyName.adapt(String.valueOf(item.get("name")), '.');
	}

	private @Nullable Class<?> load(@Nullable Object className) {
		try {
			return (className != null) ? ClassUtils.forName(className.toString(), this.classLoader) : null;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			// The module's optional dependency is missing: then so is whatever binds it
			return null;
		}
	}

	private void collectBeans(ConfigurableListableBeanFactory beanFactory) {
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			ConfigurationProperties annotation = beanFactory.findAnnotationOnBean(beanName,
					ConfigurationProperties.class, false);
			Class<?> type = (annotation != null) ? beanFactory.getType(beanName, false) : null;
			if (annotation != null && type != null) {
				ConfigurationPropertyName name = ConfigurationPropertyName.adapt(annotation.prefix(), '.');
				if (this.root.equals(name) || this.root.isAncestorOf(name)) {
					rehearse(name, ClassUtils.getUserClass(type));
				}
			}
		}
	}

	private void rehearse(ConfigurationPropertyName name, Class<?> type) {
		try {
			this.binder.bind(name, Bindable.of(type), new Recorder());
		}
		catch (LinkageError ex) {
			this.keys.addOpen(name);
		}
	}

	/**
	 * Notes what is looked up, and lets nothing be bound.
	 */
	private final class Recorder implements BindHandler {

		@Override
		public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
				BindContext context) {
			if (context.getDepth() > 0) {
				KnownKeysCollector.this.keys.add(name);
				Class<?> type = target.getType().resolve(Object.class);
				if (type.isArray() || Collection.class.isAssignableFrom(type)) {
					// Elements of a list that another property source replaces
					KnownKeysCollector.this.keys.add(name.append("[0]"));
				}
				else if (isValue(type)) {
					// Would be bound as a bean when there are keys below it
					return null;
				}
			}
			return target;
		}

		private boolean isValue(Class<?> type) {
			return type.isPrimitive() || type.isEnum() || (type.getName().startsWith("java.") && type != Object.class
					&& type != Optional.class && !Map.class.isAssignableFrom(type));
		}

		@Override
		public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Object result) {
			return null;
		}

		@Override
		public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Exception error) {
			// A wrong value is reported when it is bound in earnest
			return null;
		}

	}

}
