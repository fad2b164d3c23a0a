package org.megaetl.pipeline;

import java.time.Duration;

/**
 * What is the same for all pipelines.
 *
 * @param namespace the application's part of every key in the platform's tables
 * @param batchSize the most events of a transaction
 * @param writers how many transactions a push pipeline may have under way at once
 * @param maxWaiting the most events that wait for one of them
 * @param stopTimeout how long what is under way may take when the application stops
 */
public record PipelineOptions(String namespace, int batchSize, int writers, int maxWaiting, Duration stopTimeout) {

}
