package org.megaetl.transformers;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.mapping.ColumnMapping;
import org.megaetl.transformers.mapping.CsvOptions;
import org.megaetl.transformers.mapping.MappingMode;
import org.megaetl.transformers.mapping.PayloadFormat;
import org.megaetl.transformers.mapping.RowMapping;
import org.megaetl.transformers.test.TestCase;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the transformers that are no beans.
 *
 * @param transformers Transformers that are no beans, by name.
 * @param transformerTests Locations of files with tests of transformers, separated by
 * commas, which may have wildcards.
 */
@Validated
@ConfigurationProperties("mega")
record TransformersProperties(@DefaultValue Map<String, @Valid Definition> transformers,
		@DefaultValue("classpath*:*.mega-test.yml,file:./*.mega-test.yml") String transformerTests) {

	/**
	 * One transformer. What has a default is {@code null} here where it is not set, since
	 * {@linkplain InapplicableOptions what does not apply} must not be set.
	 *
	 * @param type What the transformer is.
	 * @param table Table of a mapping, which may be qualified as schema.table.
	 * @param columns Where the value of each column of a mapping comes from: a JSON
	 * pointer, header:Name, metadata:timestamp, or a group of from, value, default,
	 * required, epoch.
	 * @param mode What a mapping does with a row. By default upsert if there is a key,
	 * else insert.
	 * @param key Columns that identify a row of a mapping.
	 * @param newerBy Column of a time or version. An upsert updates a row only if its
	 * value is not less than the stored one.
	 * @param when Condition that a record must meet to become a row. By default every
	 * record does.
	 * @param forEach JSON pointer to an array of which every element becomes a row.
	 * @param allowOtherUniqueKeys Whether the table may have other unique keys, by which
	 * an upsert would find a row, too.
	 * @param rows Several mappings by name, for rows in several tables, in this order.
	 * Each has table, columns, mode, key, newer-by, when, for-each.
	 * @param onUnknown What happens to an event with a field that a mapping does not
	 * refer to. By default nothing.
	 * @param format Format of the payload. By default JSON.
	 * @param csv How a payload in CSV is written.
	 * @param schema File with the schema of an Avro or Protobuf payload.
	 * @param ddl Whether the DDL of a mapping's tables is proposed in the log of the
	 * start.
	 * @param sample File with an event, from which the DDL is guessed.
	 * @param location File with the script or WebAssembly module.
	 * @param engine What runs JavaScript. By default GraalJS.
	 * @param tables Tables whose rows a script or WebAssembly module may return.
	 * @param timeout How much of a processor's time a script or WebAssembly module may
	 * take for one event before it is ended and the event is refused.
	 * @param statementLimit Maximum number of statements that a script may execute for
	 * one event on GraalJS.
	 * @param memory Maximum size of the memory of one instance of QuickJS or WebAssembly.
	 * @param maxOutput Maximum size of the JSON that a script or WebAssembly module
	 * returns for one event.
	 * @param interpreted Whether a WebAssembly module is interpreted, which is slower and
	 * safer, and not compiled.
	 * @param config Variables that a WebAssembly module finds in its environment.
	 * @param reloadInterval How often to look whether the file of the script or
	 * WebAssembly module has changed, and is to be loaded again. With 0, never.
	 * @param allowInit Whether the DDL that a WebAssembly module asks for is run at
	 * start.
	 * @param tests Events, and what must become of them. Run by --mega.validate, and
	 * before a changed file is used.
	 */
	record Definition(@NotNull Type type, @Nullable String table, @DefaultValue Map<String, ColumnMapping> columns,
			@Nullable MappingMode mode, @DefaultValue List<String> key, @Nullable String newerBy, @Nullable String when,
			@Nullable String forEach, @DefaultValue("false") boolean allowOtherUniqueKeys,
			@DefaultValue Map<String, RowMapping> rows, @Nullable OnUnknown onUnknown, @Nullable PayloadFormat format,
			@Nullable CsvOptions csv, @Nullable Resource schema, @Nullable Ddl ddl, @Nullable Resource sample,
			@Nullable Resource location, @Nullable ScriptEngine engine, @DefaultValue List<String> tables,
			@DurationMin(millis = 10) @Nullable Duration timeout, @Min(1) @Nullable Long statementLimit,
			@Nullable DataSize memory, @Nullable DataSize maxOutput, @Nullable Boolean interpreted,
			@DefaultValue Map<String, String> config, @DurationMin @Nullable Duration reloadInterval,
			@Nullable Boolean allowInit, @DefaultValue List<TestCase> tests) {

		Definition {
			Assert.isTrue(memory == null || memory.toBytes() > 0, "'memory' must be positive");
			Assert.isTrue(maxOutput == null || (maxOutput.toBytes() > 0 && maxOutput.toBytes() <= Integer.MAX_VALUE),
					"'max-output' must be positive and less than 2GB");
		}

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
		MAPPING,

		/** A script. */
		JAVASCRIPT,

		/** A WebAssembly module. */
		WASM

	}

	/**
	 * What runs JavaScript.
	 */
	enum ScriptEngine {

		/** Fast, for scripts of one's own. */
		GRAALJS,

		/** Slow, with limited memory, for scripts of others. */
		QUICKJS

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
