package org.megaetl.pipeline;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter knows of its source at one moment.
 *
 * @param lag how many events are waiting there, or {@code null} if that is not known
 * @param details more for an operator, such as what is assigned to this instance, by
 * name; no secrets
 */
public record SourceStatus(@Nullable Long lag, Map<String, Object> details) {

	/**
	 * Nothing is known.
	 */
	public static final SourceStatus UNKNOWN = new SourceStatus(null, Map.of());

}
