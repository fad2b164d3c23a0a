package org.megaetl.sink;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Transactions of a database that may go away in the middle of one. The failure of the
 * work is what the caller gets; that the dead connection cannot be rolled back either is
 * added to it, where a {@code TransactionTemplate} would log an error and throw that
 * instead.
 */
public final class SinkTransactions implements TransactionOperations {

	private final PlatformTransactionManager transactions;

	/**
	 * Creates transactions.
	 * @param transactions begins and ends them
	 */
	public SinkTransactions(PlatformTransactionManager transactions) {
		this.transactions = transactions;
	}

	/**
	 * Runs the work in a transaction, which is committed if it returns. Where the thread
	 * is in one already, that one goes on.
	 * @param <T> what it returns
	 * @param action the work
	 * @return what the work returns
	 * @throws RuntimeException what the work throws; the transaction is rolled back then
	 */
	@Override
	// older JDKs do not read the same bound of the method that is overridden
	@SuppressWarnings("NullAway")
	public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
		TransactionStatus status = this.transactions.getTransaction(new DefaultTransactionDefinition());
		T result;
		try {
			result = action.doInTransaction(status);
		}
		catch (RuntimeException | Error ex) {
			rollback(this.transactions, status, ex);
			throw ex;
		}
		this.transactions.commit(status);
		return result;
	}

	/**
	 * Rolls a transaction back after a failure, which stays what is reported.
	 * @param transactions ends the transaction
	 * @param status the transaction
	 * @param failure what it is rolled back for
	 */
	public static void rollback(PlatformTransactionManager transactions, TransactionStatus status, Throwable failure) {
		try {
			transactions.rollback(status);
		}
		catch (TransactionException ex) {
			// the connection is dead, which rolls back as well; the pool throws it away
			failure.addSuppressed(ex);
		}
	}

}
