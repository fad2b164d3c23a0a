package org.megaetl.transformers;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.TransformerProvider;
import org.megaetl.transformers.TransformersProperties.Definition;
import org.megaetl.transformers.guest.CallTimer;
import org.megaetl.transformers.guest.GuestTransformer;
import org.megaetl.transformers.table.TableBound;

import org.springframework.beans.factory.DisposableBean;

/**
 * All transformers that are described by configuration.
 */
final class ConfiguredTransformers implements TransformerProvider, DisposableBean {

	static final String PREFIX = "mega.transformers.";

	private final Map<String, TableBound> transformers = new TreeMap<>();

	private final CallTimer timer = new CallTimer();

	private final GuestReloader reloader;

	/**
	 * Creates the transformers.
	 * @param keepGoing whether one that cannot be created does not stop the start, but
	 * only fails itself
	 */
	ConfiguredTransformers(TransformersProperties properties, GuestReloader reloader, boolean keepGoing) {
		this.reloader = reloader;
		properties.transformers().forEach((name, definition) -> {
			try {
				this.transformers.put(name, create(name, definition));
			}
			catch (InvalidConfigurationException ex) {
				if (!keepGoing) {
					throw ex;
				}
				this.transformers.put(name, new BrokenTransformer(ex));
			}
		});
	}

	private TableBound create(String name, Definition definition) {
		InapplicableOptions.refuse(PREFIX + name, definition);
		return switch (definition.type()) {
			case MAPPING -> MappingFactory.create(PREFIX + name, definition);
			case JAVASCRIPT, WASM -> GuestFactory.create(name, definition, this.timer, this.reloader);
		};
	}

	@Override
	public Map<String, TableBound> transformers() {
		return Collections.unmodifiableMap(this.transformers);
	}

	@Override
	public void destroy() {
		this.transformers.values().forEach((transformer) -> {
			if (transformer instanceof GuestTransformer guest) {
				guest.close();
			}
		});
		this.timer.close();
	}

}
