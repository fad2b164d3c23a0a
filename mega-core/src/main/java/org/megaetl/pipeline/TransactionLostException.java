package org.megaetl.pipeline;

/**
 * A transaction ended behind the engine's back. What was written before that point may be
 * committed without its position: the pipeline must not go on.
 */
class TransactionLostException extends RuntimeException {

	TransactionLostException(String message, Throwable cause) {
		super(message, cause);
	}

}
