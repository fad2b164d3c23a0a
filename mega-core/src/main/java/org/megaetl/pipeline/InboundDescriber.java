package org.megaetl.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Tells a person where the events of a pipeline come from, once the application has
 * started. A connector contributes one as a bean.
 */
@FunctionalInterface
public interface InboundDescriber {

	/**
	 * Describes the source of a pipeline.
	 * @param pipeline the pipeline's name
	 * @return the description, or {@code null} if the pipeline is another connector's
	 */
	@Nullable Description describe(PipelineName pipeline);

	/**
	 * Where events come from.
	 *
	 * @param address the URL, topic or key; no secrets
	 * @param tryIt a command that sends an event, or {@code null} if there is none
	 */
	record Description(String address, @Nullable String tryIt) {

	}

}
