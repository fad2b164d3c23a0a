package org.megaetl.pipeline;

import org.megaetl.config.InvalidConfigurationException;

/**
 * A connector's way to keep events that another connector takes. A bean of it makes its
 * {@link #name() name} a value of that connector's {@code buffer} property: connectors
 * know this interface and not each other.
 */
public interface EventBuffers {

	/**
	 * Returns the name that inbounds refer to.
	 * @return the connector's name, such as {@code kafka}
	 */
	String name();

	/**
	 * Opens the buffer of an inbound. What is stored there arrives in the inbound of the
	 * same name of this connector.
	 * @param inbound the pipeline that takes the events
	 * @return the buffer, closed with the application
	 * @throws InvalidConfigurationException if nothing would carry on with what is stored
	 */
	EventBuffer open(PipelineName inbound);

}
