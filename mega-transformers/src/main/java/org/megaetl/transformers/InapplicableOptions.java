package org.megaetl.transformers;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.TransformersProperties.Definition;
import org.megaetl.transformers.TransformersProperties.ScriptEngine;

/**
 * Refuses what is set for a transformer of another type or engine, and would have no
 * effect: a limit that does not limit must not look like one.
 */
final class InapplicableOptions {

	private InapplicableOptions() {
	}

	static void refuse(String property, Definition definition) {
		Kind kind = Kind.of(definition);
		set(definition).forEach((option, use) -> {
			if (!use.kinds.contains(kind)) {
				boolean script = kind == Kind.GRAALJS || kind == Kind.QUICKJS;
				boolean otherEngine = script && (use == Use.GRAALJS || use == Use.QUICKJS_OR_WASM);
				throw new InvalidConfigurationException(
						"'" + property + "." + option + "' is for " + use.words + ", but '" + property + "."
								+ (otherEngine ? "engine" : "type") + "' is '"
								+ (otherEngine ? kind : definition.type()).name().toLowerCase(Locale.ROOT) + "'.",
						"Remove it, or change the " + (otherEngine ? "engine." : "type."));
			}
		});
	}

	/**
	 * Returns the options that are set, and what they are for.
	 */
	private static Map<String, Use> set(Definition definition) {
		Map<String, Use> set = new LinkedHashMap<>();
		put(set, Use.MAPPING, "table", definition.table());
		put(set, Use.MAPPING, "columns", definition.columns().isEmpty() ? null : definition.columns());
		put(set, Use.MAPPING, "rows", definition.rows().isEmpty() ? null : definition.rows());
		put(set, Use.MAPPING, "mode", definition.mode());
		put(set, Use.MAPPING, "key", definition.key().isEmpty() ? null : definition.key());
		put(set, Use.MAPPING, "newer-by", definition.newerBy());
		put(set, Use.MAPPING, "when", definition.when());
		put(set, Use.MAPPING, "for-each", definition.forEach());
		put(set, Use.MAPPING, "on-unknown", definition.onUnknown());
		put(set, Use.MAPPING, "format", definition.format());
		put(set, Use.MAPPING, "csv", definition.csv());
		put(set, Use.MAPPING, "schema", definition.schema());
		put(set, Use.MAPPING, "ddl", definition.ddl());
		put(set, Use.MAPPING, "sample", definition.sample());
		put(set, Use.CODE, "location", definition.location());
		put(set, Use.CODE, "tables", definition.tables().isEmpty() ? null : definition.tables());
		put(set, Use.CODE, "timeout", definition.timeout());
		put(set, Use.CODE, "max-output", definition.maxOutput());
		put(set, Use.CODE, "reload-interval", definition.reloadInterval());
		put(set, Use.SCRIPT, "engine", definition.engine());
		put(set, Use.GRAALJS, "statement-limit", definition.statementLimit());
		put(set, Use.QUICKJS_OR_WASM, "memory", definition.memory());
		put(set, Use.WASM, "interpreted", definition.interpreted());
		put(set, Use.WASM, "config", definition.config().isEmpty() ? null : definition.config());
		put(set, Use.WASM, "allow-init", definition.allowInit());
		return set;
	}

	private static void put(Map<String, Use> set, Use use, String option, @Nullable Object value) {
		if (value != null) {
			set.put(option, use);
		}
	}

	/**
	 * What a transformer is, and what runs it.
	 */
	private enum Kind {

		MAPPING, GRAALJS, QUICKJS, WASM;

		static Kind of(Definition definition) {
			return switch (definition.type()) {
				case MAPPING -> MAPPING;
				case WASM -> WASM;
				case JAVASCRIPT -> (definition.engine() == ScriptEngine.QUICKJS) ? QUICKJS : GRAALJS;
			};
		}

	}

	/**
	 * What an option is for.
	 */
	private enum Use {

		MAPPING("mappings", EnumSet.of(Kind.MAPPING)),

		CODE("transformers with code", EnumSet.of(Kind.GRAALJS, Kind.QUICKJS, Kind.WASM)),

		SCRIPT("JavaScript", EnumSet.of(Kind.GRAALJS, Kind.QUICKJS)),

		GRAALJS("JavaScript in GraalJS", EnumSet.of(Kind.GRAALJS)),

		QUICKJS_OR_WASM("JavaScript in QuickJS and for WebAssembly", EnumSet.of(Kind.QUICKJS, Kind.WASM)),

		WASM("WebAssembly", EnumSet.of(Kind.WASM));

		private final String words;

		private final Set<Kind> kinds;

		Use(String words, Set<Kind> kinds) {
			this.words = words;
			this.kinds = kinds;
		}

	}

}
