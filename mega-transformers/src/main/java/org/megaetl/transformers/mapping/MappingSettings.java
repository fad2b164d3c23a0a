package org.megaetl.transformers.mapping;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of one mapping.
 *
 * @param property the beginning of its keys, such as {@code mega.transformers.order}
 * @param format what a payload is
 * @param csv how CSV is written
 * @param schema the text of the schema, or {@code null} for a format without one
 * @param rows how a record becomes rows, each of a table, by the beginning of the keys
 * that say so
 * @param failOnUnknown whether a field that nothing refers to makes an event refused
 */
public record MappingSettings(String property, PayloadFormat format, CsvOptions csv, @Nullable String schema,
		Map<String, RowMapping> rows, boolean failOnUnknown) {

}
