package org.megaetl.transform;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * All transformers of the application by name, whatever they are written in. Every
 * inbound of every connector finds its transformer here. Immutable.
 */
public final class TransformerRegistry {

	private final SortedMap<String, TransformFunction> transformers;

	/**
	 * Creates a registry.
	 * @param transformers the transformers by name
	 */
	public TransformerRegistry(Map<String, ? extends TransformFunction> transformers) {
		this.transformers = new TreeMap<>(transformers);
	}

	/**
	 * Returns the transformer of the given name.
	 * @param name the name
	 * @return the transformer, or {@code null} if there is none of that name
	 */
	public @Nullable TransformFunction find(String name) {
		Assert.hasText(name, "'name' must not be empty");
		return this.transformers.get(name);
	}

	/**
	 * Returns all transformers by name, sorted.
	 * @return an unmodifiable view
	 */
	public Map<String, TransformFunction> all() {
		return Collections.unmodifiableMap(this.transformers);
	}

}
