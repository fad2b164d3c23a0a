package org.megaetl.sink;

import org.jspecify.annotations.Nullable;

/**
 * A transaction was ended by a statement that did not say so. What was written before is
 * committed or rolled back, which only its token tells, and what was written after it has
 * no part in it.
 */
public class TransactionLostException extends RuntimeException {

	private final @Nullable Throwable failure;

	/**
	 * Creates an exception.
	 * @param complaint the database's complaint about the savepoint, which says nothing
	 * to a person
	 * @param failure what the statement, or the transformer that executed it, failed
	 * with; {@code null} if it did not fail
	 */
	public TransactionLostException(Throwable complaint, @Nullable Throwable failure) {
		super("A statement has ended the transaction of its batch: a deadlock that a procedure or the transformer "
				+ "did not pass on, ROLLBACK, or a commit" + because(failure));
		this.failure = failure;
		// none is the cause: of a savepoint that is gone a classifier would not know
		// whose fault it is, and the failure may be of what ended the transaction
		addSuppressed(complaint);
		if (failure != null) {
			addSuppressed(failure);
		}
	}

	private TransactionLostException(String message, TransactionLostException lost) {
		super(message + because(lost.failure));
		this.failure = lost.failure;
		addSuppressed(lost);
	}

	private static String because(@Nullable Throwable failure) {
		return (failure != null) ? ". It failed with: " + SqlFailure.describe(failure) : "";
	}

	/**
	 * Returns what the statement failed with.
	 * @return the failure, or {@code null} if there was none
	 */
	public @Nullable Throwable failure() {
		return this.failure;
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
