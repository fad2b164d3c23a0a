package org.megaetl.sink;

/**
 * A transaction ended behind the engine's back. What was written before that point may be
 * committed without its position: the pipeline must not go on.
 */
public class TransactionLostException extends RuntimeException {

	/**
	 * Creates an exception.
	 * @param cause the database's complaint
	 */
	public TransactionLostException(Throwable cause) {
		super("DDL committed the batch: a statement was executed that commits implicitly, such as CREATE TABLE "
				+ "or TRUNCATE. Move it to initDdl()", cause);
	}

}
