package org.megaetl.transformers.mapping;

import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.table.EpochUnit;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Where a column's value comes from. In configuration a plain text stands for
 * {@code from} alone.
 *
 * @param from JSON pointer into the record ({@code /amount}) or, with a prefix, into the
 * whole payload ({@code root:/order_id}), a header ({@code header:X-Tenant}), or what is
 * known of the event ({@code metadata:timestamp}); {@code null} for a constant
 * @param value constant
 * @param defaultValue value where the event has none, or null; else NULL
 * @param required whether an event without the value is refused
 * @param epoch what a time that is a number counts since 1970; a number is no time if not
 * set
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
