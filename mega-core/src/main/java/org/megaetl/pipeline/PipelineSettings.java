package org.megaetl.pipeline;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.megaetl.transform.EventDecoder;

/**
 * What an inbound says about its pipeline.
 *
 * @param name the pipeline's name
 * @param transformer the name of the transformer
 * @param id what the pipeline's state is kept under in place of its name, so that it can
 * be renamed; {@code null} for the name
 * @param onReject what happens to an event that the transformer refuses
 * @param idRetention how long ids of events are remembered, or {@code null} for as long
 * as those of other pipelines
 * @param decoder what events go through before the transformer, or {@code null} if it
 * gets them as they are
 */
public record PipelineSettings(PipelineName name, String transformer, @Nullable String id, RejectPolicy onReject,
		@Nullable Duration idRetention, @Nullable EventDecoder decoder) {

	/**
	 * Creates settings of a pipeline whose ids are remembered for as long as those of
	 * others, and whose transformer gets events as they are.
	 * @param name the pipeline's name
	 * @param transformer the name of the transformer
	 * @param id what the pipeline's state is kept under, or {@code null} for the name
	 * @param onReject what happens to an event that the transformer refuses
	 */
	public PipelineSettings(PipelineName name, String transformer, @Nullable String id, RejectPolicy onReject) {
		this(name, transformer, id, onReject, null, null);
	}

	/**
	 * Returns what the pipeline's state is kept under.
	 * @return the id, or the name if there is no id
	 */
	public String stateId() {
		return (this.id != null) ? this.id : this.name.toString();
	}

	/**
	 * Returns the name of the property of this inbound, for messages.
	 * @param key the key within the inbound
	 * @return the property's full name
	 */
	public String property(String key) {
		return "mega.connectors." + this.name.connector() + ".inbound." + this.name.inbound() + "." + key;
	}

}
