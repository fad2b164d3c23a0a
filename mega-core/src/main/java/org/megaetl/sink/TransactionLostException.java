package org.megaetl.sink;

/**
 * A transaction was ended by a statement that did not say so. What was written before is
 * committed or rolled back, which only its token tells, and what was written after it has
 * no part in it.
 */
public class TransactionLostException extends RuntimeException {

	/**
	 * Creates an exception.
	 * @param complaint the database's complaint, which says nothing to a person
	 */
	public TransactionLostException(Throwable complaint) {
		this("A statement has ended the transaction of its batch: a deadlock that a procedure or the transformer "
				+ "did not pass on, ROLLBACK, or a commit", complaint);
	}

	private TransactionLostException(String message, Throwable complaint) {
		super(message);
		// not the cause: of a savepoint that is gone a classifier would not know whose
		// fault it is
		addSuppressed(complaint);
	}

	/**
	 * Returns the exception for a transaction that turned out to be committed, and to be
	 * taken back as far as possible.
	 * @return the exception, which the pipeline must fail with
	 */
	public TransactionLostException committed() {
		return new TransactionLostException(
				"DDL committed the batch: a statement was executed that commits implicitly, such as CREATE TABLE "
						+ "or TRUNCATE. Move it to initDdl(). The batch is written again once its events come again, "
						+ "so the rows that were written before that statement are written twice",
				this);
	}

}
