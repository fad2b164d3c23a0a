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
 * @param transformers the transformers by name
 * @param transformerTests where files with tests of transformers are: locations that may
 * have wildcards, separated by commas
 */
@Validated
@ConfigurationProperties("mega")
record TransformersProperties(@DefaultValue Map<String, @Valid Definition> transformers,
		@DefaultValue("classpath*:*.mega-test.yml,file:./*.mega-test.yml") String transformerTests) {

	/**
	 * One transformer. What has a default is {@code null} here where it is not set, since
	 * {@linkplain InapplicableOptions what does not apply} must not be set.
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
	 * @param onUnknown what happens to an event with a field that nothing refers to;
	 * nothing if not set
	 * @param format what a payload is; JSON if not set
	 * @param csv how CSV is written
	 * @param schema file with the schema of an Avro or Protobuf payload
	 * @param ddl whether the DDL of a mapping's tables is proposed in the log of the
	 * start
	 * @param sample file with an event, from which the DDL is guessed
	 * @param location file with the script or WebAssembly module
	 * @param engine what runs JavaScript; GraalJS if not set
	 * @param tables the tables whose rows a script or module may return
	 * @param timeout how much of a processor's time a script or module may take for one
	 * event before it is ended and the event refused
	 * @param statementLimit most statements that a script may execute for one event; for
	 * GraalJS
	 * @param memory most memory of one instance; for QuickJS and WebAssembly
	 * @param maxOutput largest JSON that is returned for one event
	 * @param interpreted whether a WebAssembly module is interpreted, which is slower and
	 * safer, and not compiled
	 * @param config what a WebAssembly module finds in its environment
	 * @param reloadInterval how often to look whether the file of the script or module
	 * has changed, and is to be loaded again; zero for never
	 * @param allowInit whether the DDL that a WebAssembly module asks for is run
	 * @param tests events, and what must become of them: run by --mega.validate, and
	 * before a changed file is used
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
