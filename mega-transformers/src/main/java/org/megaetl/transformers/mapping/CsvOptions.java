package org.megaetl.transformers.mapping;

import java.util.List;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How CSV is written.
 *
 * @param separator character between two values
 * @param columns names of the values; without them, they are in the first line
 */
public record CsvOptions(@DefaultValue(",") char separator, @DefaultValue List<String> columns) {

}
