package org.megaetl.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Reads YAML as Spring Boot does.
 */
final class Yaml {

	private Yaml() {
	}

	static List<PropertySource<?>> load(String text) {
		try {
			return new YamlPropertySourceLoader().load("text",
					new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static Map<String, Object> flatten(String text) {
		Map<String, Object> values = new TreeMap<>();
		for (PropertySource<?> source : load(text)) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				values.put(name, source.getProperty(name));
			}
		}
		return values;
	}

}
