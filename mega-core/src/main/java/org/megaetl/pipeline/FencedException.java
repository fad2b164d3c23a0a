package org.megaetl.pipeline;

import java.util.List;

/**
 * Somebody else has taken over parts of the source, or has settled dead letters that go
 * with them: this reader has been displaced there. Nothing of the batch was written.
 */
class FencedException extends RuntimeException {

	private final List<String> keys;

	/**
	 * Creates an exception.
	 * @param pipeline the pipeline's name
	 * @param keys the parts of the source that were taken over
	 */
	FencedException(String pipeline, List<String> keys) {
		this(keys, "Pipeline '" + pipeline + "' no longer owns " + keys
				+ ": another reader has taken over, or the position was set anew. Nothing of this batch was written");
	}

	private FencedException(List<String> keys, String message) {
		super(message);
		this.keys = List.copyOf(keys);
	}

	/**
	 * Creates an exception for dead letters that were to be deleted with a move.
	 * @param pipeline the pipeline's name
	 * @param key the part of the source that was to be moved
	 * @return the exception
	 */
	static FencedException lettersGone(String pipeline, String key) {
		return new FencedException(List.of(key), "Pipeline '" + pipeline + "': dead letters that go with a move of ["
				+ key + "] were replayed or discarded meanwhile. Nothing of this batch was written");
	}

	/**
	 * Returns the parts of the source that were taken over.
	 * @return their keys, at least one
	 */
	List<String> keys() {
		return this.keys;
	}

}
