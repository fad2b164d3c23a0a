package org.megaetl.pipeline;

/**
 * An attempt failed in a way that hides whether a statement of a transformer has
 * committed its transaction before: the connection was lost, for example. Only its token
 * tells.
 */
final class TransactionInDoubtException extends Exception {

	private final Exception failure;

	TransactionInDoubtException(Exception failure) {
		super(failure);
		this.failure = failure;
	}

	/**
	 * Returns what the attempt failed with.
	 */
	Exception failure() {
		return this.failure;
	}

}
