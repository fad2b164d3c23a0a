package org.megaetl.transformers;

import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.mapping.ColumnMapping;
import org.megaetl.transformers.mapping.CsvOptions;
import org.megaetl.transformers.mapping.MappingMode;
import org.megaetl.transformers.mapping.PayloadFormat;
import org.megaetl.transformers.mapping.RowMapping;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the transformers that are no beans.
 *
 * @param transformers the transformers by name
 */
@Validated
@ConfigurationProperties("mega")
record TransformersProperties(@DefaultValue Map<String, @Valid Definition> transformers) {

	/**
	 * One transformer.
	 *
	 * @param type what it is
	 * @param table the table of a mapping, which may be qualified as schema.table
	 * @param columns where the value of each column comes from: a JSON pointer,
	 * header:Name, metadata:timestamp, or a group of from, value, default, required,
	 * epoch
	 * @param mode what a mapping does with a row; upsert if there is a key, else insert
	 * @param key the columns that identify a row
	 * @param newerBy column of a time or version: an upsert updates a row only if its
	 * value is not less than the stored one
	 * @param when condition on the record; without one, every record becomes a row
	 * @param forEach JSON pointer to an array of which every element becomes a row
	 * @param allowOtherUniqueKeys whether the table may have other unique keys, in which
	 * an upsert would find a row, too
	 * @param rows several mappings by name, for rows in several tables, in this order;
	 * each with table, columns, mode, key, newer-by, when, for-each
	 * @param onUnknown what happens to an event with a field that nothing refers to
	 * @param format what a payload is
	 * @param csv how CSV is written
	 * @param schema file with the schema of an Avro or Protobuf payload
	 * @param ddl whether the DDL of a mapping's tables is proposed in the log of the
	 * start
	 * @param sample file with an event, from which the DDL is guessed
	 */
	record Definition(@NotNull Type type, @Nullable String table, @DefaultValue Map<String, ColumnMapping> columns,
			@Nullable MappingMode mode, @DefaultValue List<String> key, @Nullable String newerBy, @Nullable String when,
			@Nullable String forEach, @DefaultValue("false") boolean allowOtherUniqueKeys,
			@DefaultValue Map<String, RowMapping> rows, @DefaultValue("ignore") OnUnknown onUnknown,
			@DefaultValue("json") PayloadFormat format, @DefaultValue CsvOptions csv, @Nullable Resource schema,
			@DefaultValue("none") Ddl ddl, @Nullable Resource sample) {

		RowMapping row() {
			return new RowMapping(table(), columns(), mode(), key(), newerBy(), when(), forEach(),
					allowOtherUniqueKeys());
		}

	}

	/**
	 * What a transformer is.
	 */
	enum Type {

		/** Fields mapped to columns. */
		MAPPING

	}

	/**
	 * What happens to an event with a field that nothing refers to.
	 */
	enum OnUnknown {

		/** Nothing. */
		IGNORE,

		/** It is refused. */
		FAIL

	}

	/**
	 * What is done about the DDL.
	 */
	enum Ddl {

		/** Nothing. */
		NONE,

		/** Proposed in the log. */
		PRINT

	}

}
