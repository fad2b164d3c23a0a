package org.megaetl.pipeline;

/**
 * The way of one inbound's events: through its transformer into the database.
 */
public sealed interface Pipeline permits ManagedPipeline, EventIntake {

	/**
	 * Returns the pipeline's name.
	 * @return the name, unique in the application
	 */
	PipelineName name();

	/**
	 * Returns the name of the transformer.
	 * @return a name in the {@link org.megaetl.transform.TransformerRegistry}
	 */
	String transformer();

	/**
	 * Returns what the pipeline is doing.
	 * @return a snapshot
	 */
	PipelineStatus status();

	/**
	 * Returns what the pipeline did last.
	 * @return a snapshot
	 */
	PipelineActivity activity();

	/**
	 * Returns what is known of the source.
	 * @return a snapshot; {@link SourceStatus#UNKNOWN} where senders come by themselves
	 */
	SourceStatus source();

	/**
	 * Takes no more events until {@link #resume()}; what is under way is finished.
	 * @throws IllegalStateException if the pipeline is stopped or has failed
	 */
	void pause();

	/**
	 * Takes events again, after a pause or a failure.
	 * @throws IllegalStateException if the pipeline has not started or is stopped
	 */
	void resume();

}
