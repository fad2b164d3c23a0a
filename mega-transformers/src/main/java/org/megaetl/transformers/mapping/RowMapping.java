package org.megaetl.transformers.mapping;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a record becomes rows of one table.
 *
 * @param table the table, which may be qualified as schema.table; the name of this
 * mapping if not set
 * @param columns where the value of each column comes from
 * @param mode what is done with a row; upsert if there is a key, else insert
 * @param key the columns that identify a row
 * @param newerBy column of a time or version: an upsert updates a row only if its value
 * is not less than the stored one
 * @param when condition on the record; without one, every record becomes a row
 * @param forEach JSON pointer to an array of which every element becomes a row
 * @param allowOtherUniqueKeys whether the table may have other unique keys, in which an
 * upsert would find a row, too
 */
public record RowMapping(@Nullable String table, @DefaultValue Map<String, ColumnMapping> columns,
		@Nullable MappingMode mode, @DefaultValue List<String> key, @Nullable String newerBy, @Nullable String when,
		@Nullable String forEach, @DefaultValue("false") boolean allowOtherUniqueKeys) {

}
