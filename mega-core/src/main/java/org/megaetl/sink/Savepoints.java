package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The savepoints of a batch. One that is gone tells that a statement has ended the
 * transaction.
 */
public final class Savepoints {

	private static final Logger logger = LoggerFactory.getLogger(Savepoints.class);

	private static final int DOES_NOT_EXIST = 1305;

	/** The SQL state of a connection that does not exist any more. */
	private static final String CLOSED = "08003";

	/** Each takes the place of the one before. */
	private static final String ATTEMPT = "mega_attempt";

	private Savepoints() {
	}

	/**
	 * Takes back what was written since a savepoint.
	 * @param connection the connection with the transaction
	 * @param savepoint the savepoint
	 * @throws TransactionLostException if the transaction has been ended
	 * @throws SQLException if the database fails otherwise
	 */
	static void rollBack(Connection connection, Savepoint savepoint) throws SQLException {
		end(() -> connection.rollback(savepoint), null);
	}

	/**
	 * Takes back what has failed.
	 * @param connection the connection with the transaction
	 * @param savepoint a savepoint from before
	 * @param failure what it failed with
	 * @throws TransactionLostException if the transaction has been ended
	 * @throws SQLException if the database fails otherwise
	 */
	public static void rollBackAfter(Connection connection, Savepoint savepoint, Throwable failure)
			throws SQLException {
		requireOpen(connection, failure);
		end(() -> connection.rollback(savepoint), failure);
	}

	/**
	 * Keeps what was written since a savepoint.
	 * @param connection the connection with the transaction
	 * @param savepoint the savepoint
	 * @throws TransactionLostException if the transaction has been ended
	 * @throws SQLException if the database fails otherwise
	 */
	public static void release(Connection connection, Savepoint savepoint) throws SQLException {
		end(() -> connection.releaseSavepoint(savepoint), null);
	}

	/**
	 * Makes sure that what has failed has not ended the transaction in silence, as also
	 * DDL does that fails. Of a failure that may have ended it by itself nothing can be
	 * said, see {@link SqlFailure#mayHaveEndedTransaction}.
	 * @param connection the connection with the transaction, which is to be rolled back
	 * @param savepoint a savepoint from before
	 * @param failure what it failed with
	 * @throws TransactionLostException if the transaction has been ended
	 * @throws SQLException if the database fails otherwise
	 */
	public static void releaseAfter(Connection connection, Savepoint savepoint, Throwable failure) throws SQLException {
		SqlFailure found = SqlFailure.of(failure);
		boolean interrupted = found != null && found.isInterruption();
		// all else may have ended the savepoint by itself, as a pool does that throws the
		// connection away: only the token tells then
		if (!connection.isClosed() && (interrupted || !SqlFailure.mayHaveEndedTransaction(failure))) {
			end(() -> connection.releaseSavepoint(savepoint), failure);
		}
	}

	/**
	 * Makes sure that the pool has not thrown the connection away for what a statement
	 * failed with.
	 * @param connection the connection with the transaction
	 * @param failure what the statement failed with
	 * @throws SQLException if it has: a connection is lost then, and it may be an event
	 * that brings it about
	 */
	public static void requireOpen(Connection connection, Throwable failure) throws SQLException {
		if (connection.isClosed()) {
			SQLException lost = new SQLException(
					"The pool has closed the connection, " + SqlFailure.FAILED_WITH + SqlFailure.describe(failure),
					CLOSED);
			lost.addSuppressed(failure);
			throw lost;
		}
	}

	private static void end(End end, @Nullable Throwable failure) throws SQLException {
		try {
			end.run();
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == DOES_NOT_EXIST) {
				throw new TransactionLostException(ex, failure);
			}
			if (failure != null) {
				ex.addSuppressed(failure);
			}
			throw ex;
		}
	}

	/**
	 * Writes rows in a way that may be in vain: then nothing is written, and they are to
	 * be inserted.
	 * @param connection a connection with an open transaction
	 * @param attempt writes the rows
	 * @return whether they were written
	 * @throws SQLException if the transaction cannot go on
	 */
	static boolean attempt(Connection connection, Attempt attempt) throws SQLException {
		Savepoint savepoint = connection.setSavepoint(ATTEMPT);
		try {
			if (attempt.write()) {
				return true;
			}
		}
		catch (SQLException | RuntimeException ex) {
			// all else the INSERT will run into as well
			if (ex instanceof SQLException failure
					&& (connection.isClosed() || SqlFailure.mayHaveEndedTransaction(failure))) {
				throw failure;
			}
			logger.debug("Rows cannot be written at once: they are inserted by statements", ex);
		}
		rollBack(connection, savepoint);
		return false;
	}

	/**
	 * Writes rows.
	 */
	interface Attempt {

		/**
		 * Writes the rows.
		 * @return whether all of them are written
		 * @throws SQLException if the database refuses some
		 */
		boolean write() throws SQLException;

	}

	/**
	 * Ends a savepoint.
	 */
	private interface End {

		void run() throws SQLException;

	}

}
