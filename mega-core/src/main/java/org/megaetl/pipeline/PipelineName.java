package org.megaetl.pipeline;

import java.util.regex.Pattern;

import org.megaetl.config.InvalidConfigurationException;

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

	/**
	 * Returns the name of an inbound's pipeline.
	 * @param connector the connector's name
	 * @param inbound the inbound's name, as it is configured
	 * @return the name
	 * @throws InvalidConfigurationException if the inbound's name cannot be part of it
	 */
	public static PipelineName ofInbound(String connector, String inbound) {
		try {
			return new PipelineName(connector, inbound);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException("The name of the inbound 'mega.connectors." + connector
					+ ".inbound." + inbound + "' is not valid: " + ex.getMessage() + ".", "Rename the inbound.", ex);
		}
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
