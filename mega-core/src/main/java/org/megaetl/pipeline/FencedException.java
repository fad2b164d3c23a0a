package org.megaetl.pipeline;

import java.util.List;

/**
 * Somebody else has taken over parts of the source: this reader has been displaced there.
 * Nothing of the batch was written.
 */
public class FencedException extends RuntimeException {

	private final List<String> keys;

	/**
	 * Creates an exception.
	 * @param pipeline the pipeline's name
	 * @param keys the parts of the source that were taken over
	 */
	public FencedException(String pipeline, List<String> keys) {
		super("Pipeline '" + pipeline + "' no longer owns " + keys
				+ ": another reader has taken over, or the position was set anew. Nothing of this batch was written");
		this.keys = List.copyOf(keys);
	}

	/**
	 * Returns the parts of the source that were taken over.
	 * @return their keys, at least one
	 */
	public List<String> keys() {
		return this.keys;
	}

}
