package org.megaetl.transformers.mapping;

import java.util.List;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How CSV is written.
 *
 * @param separator Character between two values.
 * @param columns Names of the values. By default they are in the first line.
 */
public record CsvOptions(@DefaultValue(CsvOptions.SEPARATOR) char separator, @DefaultValue List<String> columns) {

	static final String SEPARATOR = ",";

	/** Commas, and the names in the first line. */
	public static final CsvOptions DEFAULT = new CsvOptions(SEPARATOR.charAt(0), List.of());

}
