package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.transform.DirectTransformer;

/**
 * Lets a transformer write by itself, each event inside a savepoint of its own, so that
 * the guilty event is known at once.
 */
final class DirectWriter implements EventWriter {

	private static final int SAVEPOINT_DOES_NOT_EXIST = 1305;

	private final DirectTransformer transformer;

	private final FailureClassifiers classifier;

	DirectWriter(DirectTransformer transformer, FailureClassifiers classifier) {
		this.transformer = transformer;
		this.classifier = classifier;
	}

	@Override
	public Map<PendingEvent, Throwable> isolate(Connection connection, List<PendingEvent> events) throws Exception {
		return write(connection, events);
	}

	@Override
	public Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events) throws Exception {
		Map<PendingEvent, Throwable> guilty = new IdentityHashMap<>();
		for (PendingEvent pending : events) {
			Savepoint savepoint = connection.setSavepoint();
			Throwable failure = call(pending, connection);
			if (failure != null) {
				if (!isOwnFault(failure)) {
					throw asException(failure);
				}
				guilty.put(pending, failure);
			}
			end(connection, savepoint, failure);
		}
		return guilty;
	}

	private @Nullable Throwable call(PendingEvent pending, Connection connection) throws InterruptedException {
		try {
			this.transformer.transform(pending.event(), TransactionConnection.of(connection));
			return null;
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			return ex;
		}
	}

	private boolean isOwnFault(Throwable failure) {
		return SqlFailure.of(failure) == null || this.classifier.classify(failure) == FailureKind.PERMANENT;
	}

	private static void end(Connection connection, Savepoint savepoint, @Nullable Throwable failure)
			throws SQLException {
		try {
			if (failure != null) {
				connection.rollback(savepoint);
			}
			else {
				connection.releaseSavepoint(savepoint);
			}
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == SAVEPOINT_DOES_NOT_EXIST) {
				throw new TransactionLostException(
						"DDL committed the batch: the transformer executed a statement "
								+ "that commits implicitly, such as CREATE TABLE or TRUNCATE. Move it to initDdl()",
						ex);
			}
			throw ex;
		}
	}

	private static Exception asException(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (Exception) failure;
	}

}
