package org.megaetl.pipeline;

import java.time.Duration;

/**
 * A pipeline as the application starts and stops it.
 */
sealed interface ManagedPipeline extends Pipeline permits PullPipeline, PushPipeline {

	void start();

	/**
	 * Finishes what is under way, and ends it if that takes too long.
	 */
	void stop(Duration timeout);

}
