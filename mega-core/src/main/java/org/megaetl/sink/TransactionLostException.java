package org.megaetl.sink;

import java.sql.SQLException;

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
	public TransactionLostException(SQLException complaint, @Nullable Throwable failure) {
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

}
