package org.megaetl.transformers.mapping;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a record becomes rows of one table.
 *
 * @param table Table, which may be qualified as schema.table. By default the name of this
 * mapping.
 * @param columns Where the value of each column comes from.
 * @param mode What is done with a row. By default upsert if there is a key, else insert.
 * @param key Columns that identify a row.
 * @param newerBy Column of a time or version. An upsert updates a row only if its value
 * is not less than the stored one.
 * @param when Condition that a record must meet to become a row. By default every record
 * does.
 * @param forEach JSON pointer to an array of which every element becomes a row.
 * @param allowOtherUniqueKeys Whether the table may have other unique keys, by which an
 * upsert would find a row, too.
 */
public record RowMapping(@Nullable String table, @DefaultValue Map<String, ColumnMapping> columns,
		@Nullable MappingMode mode, @DefaultValue List<String> key, @Nullable String newerBy, @Nullable String when,
		@Nullable String forEach, @DefaultValue("false") boolean allowOtherUniqueKeys) {

	/**
	 * Returns this mapping with a table if it has none.
	 * @param name the name of the table
	 * @return a mapping with a table
	 */
	public RowMapping withDefaultTable(String name) {
		return (this.table != null) ? this : new RowMapping(name, this.columns, this.mode, this.key, this.newerBy,
				this.when, this.forEach, this.allowOtherUniqueKeys);
	}

}
