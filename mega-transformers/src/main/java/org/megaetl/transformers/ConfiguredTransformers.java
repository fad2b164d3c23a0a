package org.megaetl.transformers;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import org.megaetl.transform.TransformerProvider;
import org.megaetl.transformers.TransformersProperties.Definition;
import org.megaetl.transformers.table.TableBound;

/**
 * All transformers that are described by configuration.
 */
final class ConfiguredTransformers implements TransformerProvider {

	static final String PREFIX = "mega.transformers.";

	private final Map<String, TableBound> transformers = new TreeMap<>();

	ConfiguredTransformers(TransformersProperties properties) {
		properties.transformers().forEach((name, definition) -> this.transformers.put(name, create(name, definition)));
	}

	private static TableBound create(String name, Definition definition) {
		String property = PREFIX + name;
		return switch (definition.type()) {
			case MAPPING -> MappingFactory.create(property, definition);
		};
	}

	@Override
	public Map<String, TableBound> transformers() {
		return Collections.unmodifiableMap(this.transformers);
	}

}
