package org.megaetl.transformers.mapping;

import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.table.EpochUnit;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Where a column's value comes from. In configuration a plain text stands for
 * {@code from} alone.
 *
 * @param from JSON pointer into the record (/amount) or, with a prefix, into the whole
 * payload (root:/order_id), a header (header:X-Tenant), or what is known of the event
 * (metadata:timestamp). Not set for a constant.
 * @param value Constant.
 * @param defaultValue Value where the event has none, or null. By default NULL.
 * @param required Whether an event without the value is refused.
 * @param epoch What a date or time that is a number counts: since 1970, or since midnight
 * in a column of the type TIME. By default a number is no date or time.
 */
public record ColumnMapping(@Nullable String from, @Nullable String value,
		@Name("default") @Nullable String defaultValue, @DefaultValue("false") boolean required,
		@Nullable EpochUnit epoch) {

	/**
	 * Returns a mapping of the given source alone.
	 * @param from as {@code from}
	 * @return the mapping
	 */
	public static ColumnMapping of(String from) {
		return new ColumnMapping(from, null, null, false, null);
	}

}
