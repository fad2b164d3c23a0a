package org.megaetl.pipeline;

import java.util.regex.Pattern;

/**
 * The name of a pipeline, such as {@code webhook.orders}. It is the same in
 * configuration, logs, metrics, endpoints and dead letters.
 *
 * @param connector the connector's name
 * @param inbound the inbound's name, unique within the connector
 */
public record PipelineName(String connector, String inbound) {

	private static final Pattern PART = Pattern.compile("[a-z][a-z0-9-]{0,62}");

	/**
	 * Creates a name.
	 * @throws IllegalArgumentException if a part does not match
	 * {@code [a-z][a-z0-9-]{0,62}}
	 */
	public PipelineName {
		requireValid(connector);
		requireValid(inbound);
	}

	private static void requireValid(String part) {
		if (!PART.matcher(part).matches()) {
			throw new IllegalArgumentException("'" + part + "' cannot be part of a pipeline's name: "
					+ "write 1 to 63 lower-case letters, digits and hyphens, the first of them a letter");
		}
	}

	@Override
	public String toString() {
		return this.connector + "." + this.inbound;
	}

}
