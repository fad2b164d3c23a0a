package org.megaetl.pipeline;

import java.time.Duration;

import org.megaetl.config.Namespace;

/**
 * What is the same for all pipelines.
 *
 * @param namespace the application's part of every key in the platform's tables; it needs
 * a name only where there is a pipeline
 * @param batchSize the most events of a transaction
 * @param writers how many transactions a push pipeline may have under way at once
 * @param maxWaiting the most events that wait for one of them
 * @param stopTimeout how long what is under way may take when the application stops
 * @param ceiling when a pipeline has refused too much
 * @param transformTimeout how long a transformer may take for an event before it is
 * interrupted
 * @param transformGrace how long it may go on after that before the pipeline is given up
 */
public record PipelineOptions(Namespace namespace, int batchSize, int writers, int maxWaiting, Duration stopTimeout,
		Ceiling ceiling, Duration transformTimeout, Duration transformGrace) {

	/**
	 * When a pipeline has refused too much to go on.
	 *
	 * @param consecutive how many dead letters in a row, 0 for any number
	 * @param percentage how many dead letters of a hundred events, 0 for any number
	 * @param window the number of events over which the percentage is taken
	 */
	public record Ceiling(int consecutive, int percentage, int window) {

	}

}
