package org.megaetl.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * Finds the pipelines that dead letters are replayed through.
 */
@FunctionalInterface
public interface ReplayTargets {

	/**
	 * Returns the pipeline of a dead letter.
	 * @param pipeline what the pipeline's state is kept under
	 * @return the pipeline, or {@code null} if the application has none
	 */
	@Nullable ReplayTarget find(String pipeline);

}
