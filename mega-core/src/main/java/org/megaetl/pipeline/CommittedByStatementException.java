package org.megaetl.pipeline;

import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;

/**
 * A statement has committed a batch, or may have, before all of it was written. The
 * pipeline must fail: if it went on, the rest could be passed over.
 */
final class CommittedByStatementException extends RuntimeException {

	private CommittedByStatementException(String message, Throwable sign) {
		super(message + because(sign), sign);
	}

	/**
	 * Returns the exception for a batch that was committed, and is taken back as far as
	 * possible.
	 * @param sign what made one look for it
	 */
	static CommittedByStatementException takenBack(Throwable sign) {
		return new CommittedByStatementException(
				"DDL committed the batch: a statement was executed that commits implicitly, such as CREATE TABLE "
						+ "or TRUNCATE. Move it to initDdl(). The batch is written again once its events come again, "
						+ "so the rows that were written before that statement are written twice",
				sign);
	}

	/**
	 * Returns the exception for a batch that nobody can tell of whether it was committed,
	 * as another reader has moved its positions on.
	 * @param sign tells that a statement has ended its transaction
	 */
	static CommittedByStatementException perhaps(TransactionLostException sign) {
		return new CommittedByStatementException(
				"A statement has ended the transaction of its batch, and another reader has taken over since: if that "
						+ "statement was a commit, the rest of the batch is not written. Compare, and set the position "
						+ "back by hand if so",
				sign);
	}

	private static String because(Throwable sign) {
		Throwable failure = (sign instanceof TransactionLostException lost) ? lost.failure() : sign;
		return (failure == null || failure instanceof FencedException) ? ""
				: ". It failed with: " + SqlFailure.describe(failure);
	}

}
