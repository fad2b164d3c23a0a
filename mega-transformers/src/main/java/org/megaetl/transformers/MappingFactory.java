package org.megaetl.transformers;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.TransformersProperties.Ddl;
import org.megaetl.transformers.TransformersProperties.Definition;
import org.megaetl.transformers.TransformersProperties.OnUnknown;
import org.megaetl.transformers.mapping.CsvOptions;
import org.megaetl.transformers.mapping.MappingSettings;
import org.megaetl.transformers.mapping.MappingTransformer;
import org.megaetl.transformers.mapping.PayloadFormat;
import org.megaetl.transformers.mapping.RowMapping;
import org.megaetl.transformers.table.Utf8;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.Resource;

/**
 * Creates transformers of the type {@code mapping}.
 */
final class MappingFactory {

	private static final Logger logger = LoggerFactory.getLogger(MappingFactory.class);

	private static final RowMapping NO_ROW = new RowMapping(null, Map.of(), null, List.of(), null, null, null, false);

	private MappingFactory() {
	}

	static MappingTransformer create(String property, Definition definition) {
		PayloadFormat format = Objects.requireNonNullElse(definition.format(), PayloadFormat.JSON);
		MappingTransformer transformer = new MappingTransformer(new MappingSettings(property, format,
				csv(property, definition, format), schema(property, definition, format), rows(property, definition),
				definition.onUnknown() == OnUnknown.FAIL));
		if (definition.ddl() == Ddl.PRINT) {
			propose(property, definition, transformer);
		}
		return transformer;
	}

	private static Map<String, RowMapping> rows(String property, Definition definition) {
		boolean one = definition.table() != null || !definition.columns().isEmpty();
		if (one != definition.rows().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + property + "' has "
							+ (one ? "both 'table' or 'columns' and 'rows'."
									: "neither 'table' and 'columns' nor 'rows', so that no event would become a row."),
					"Set '" + property + ".table' and '" + property + ".columns' for rows of one table, or '" + property
							+ ".rows' for rows of several.");
		}
		if (one) {
			if (definition.table() == null) {
				throw new InvalidConfigurationException("'" + property + ".table' is not set.",
						"Set it to the name of the table that the rows are written to.");
			}
			return Map.of(property, definition.row());
		}
		if (!definition.row().equals(NO_ROW)) {
			throw new InvalidConfigurationException(
					"'" + property + "' has 'rows', and beside it what is for rows of one table: 'mode', 'key', "
							+ "'newer-by', 'when', 'for-each' or 'allow-other-unique-keys'.",
					"Write it into each of '" + property + ".rows' that it is meant for.");
		}
		Map<String, RowMapping> rows = new LinkedHashMap<>();
		definition.rows()
			.forEach((name, mapping) -> rows.put(property + ".rows." + (name.contains(".") ? "[" + name + "]" : name),
					mapping.withDefaultTable(name)));
		return rows;
	}

	private static CsvOptions csv(String property, Definition definition, PayloadFormat format) {
		CsvOptions csv = definition.csv();
		if (csv != null && format != PayloadFormat.CSV) {
			throw new InvalidConfigurationException(
					"'" + property + ".csv' is set, but '" + property + ".format' is " + format + ".",
					"Remove it, or set '" + property + ".format' to 'csv'.");
		}
		return Objects.requireNonNullElse(csv, CsvOptions.DEFAULT);
	}

	private static @Nullable String schema(String property, Definition definition, PayloadFormat format) {
		boolean needed = format == PayloadFormat.AVRO || format == PayloadFormat.PROTOBUF;
		Resource schema = definition.schema();
		if (needed == (schema == null)) {
			throw new InvalidConfigurationException(
					"'" + property + ".format' is " + format + ", which "
							+ (needed ? "cannot be read without its schema." : "has no schema, but 'schema' is set."),
					(needed ? "Set" : "Remove") + " '" + property + ".schema'"
							+ (needed ? " to its file, such as 'file:order.avsc'." : "."));
		}
		return (schema != null) ? text(property + ".schema", schema) : null;
	}

	private static String text(String property, Resource resource) {
		String text = Utf8.decode(read(property, resource));
		if (text == null) {
			throw new InvalidConfigurationException(
					"'" + property + "' is " + resource.getDescription() + ", which is not UTF-8.",
					"Save the file as UTF-8.");
		}
		return text;
	}

	private static void propose(String property, Definition definition, MappingTransformer transformer) {
		Resource sample = definition.sample();
		if (sample == null) {
			throw new InvalidConfigurationException(
					"'" + property + ".ddl' is 'print', but '" + property + ".sample' is not set.",
					"Set it to a file with an event, such as 'file:order.json'.");
		}
		String ddl;
		try {
			ddl = transformer.proposeDdl(read(property + ".sample", sample));
		}
		catch (RuntimeException ex) {
			throw (ex instanceof InvalidConfigurationException) ? ex
					: new InvalidConfigurationException(
							"The event in '" + property + ".sample' cannot be read: " + ex.getMessage(),
							"Correct the file, or '" + property + ".format'.", ex);
		}
		logger.info("Proposed for '{}', from a sample; correct it before you use it:\n{}", property, ddl);
	}

	/**
	 * Reads a file that configuration names.
	 */
	static byte[] read(String property, Resource resource) {
		try {
			return resource.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new InvalidConfigurationException(
					"'" + property + "' is " + resource.getDescription() + ", which cannot be read: " + ex.getMessage(),
					"Correct the path; a file's begins with 'file:'.", ex);
		}
	}

}
