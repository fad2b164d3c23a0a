package org.megaetl.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What an inbound says about its pipeline.
 *
 * @param name the pipeline's name
 * @param transformer the name of the transformer
 * @param id what the pipeline's state is kept under in place of its name, so that it can
 * be renamed; {@code null} for the name
 * @param onReject what happens to an event that the transformer refuses
 */
public record PipelineSettings(PipelineName name, String transformer, @Nullable String id, RejectPolicy onReject) {

	/**
	 * Returns the name of the property of this inbound, for messages.
	 * @param key the key within the inbound
	 * @return the property's full name
	 */
	public String property(String key) {
		return "mega.connectors." + this.name.connector() + ".inbound." + this.name.inbound() + "." + key;
	}

}
