package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.TransformWatchdog.Watch;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.Savepoints;
import org.megaetl.sink.SqlFailure;
import org.megaetl.transform.DirectTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a transformer write by itself, each event inside a savepoint of its own, so that
 * the guilty event is known at once.
 */
final class DirectWriter implements EventWriter {

	private static final Logger logger = LoggerFactory.getLogger(DirectWriter.class);

	private final DirectTransformer transformer;

	private final FailureClassifiers classifier;

	private final TransformWatchdog watchdog;

	private final PipelineMonitor monitor;

	DirectWriter(DirectTransformer transformer, FailureClassifiers classifier, TransformWatchdog watchdog,
			PipelineMonitor monitor) {
		this.transformer = transformer;
		this.classifier = classifier;
		this.watchdog = watchdog;
		this.monitor = monitor;
	}

	@Override
	public Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events, WriteMode mode)
			throws Exception {
		Map<PendingEvent, Throwable> guilty = new IdentityHashMap<>();
		try (Watch watch = this.watchdog.watch(this.monitor, (reason) -> giveUp(reason, connection))) {
			write(connection, events, mode, watch, guilty);
		}
		return guilty;
	}

	@Override
	public boolean mayCommit(List<PendingEvent> events) {
		return !events.isEmpty();
	}

	private void write(Connection connection, List<PendingEvent> events, WriteMode mode, Watch watch,
			Map<PendingEvent, Throwable> guilty) throws Exception {
		for (PendingEvent pending : events) {
			try {
				write(connection, pending, watch, guilty);
			}
			catch (PipelineUnavailableException | InterruptedException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw (mode == WriteMode.ONE_BY_ONE) ? new EventFailedException(pending, ex) : ex;
			}
		}
	}

	private void write(Connection connection, PendingEvent pending, Watch watch, Map<PendingEvent, Throwable> guilty)
			throws Exception {
		Savepoint savepoint = connection.setSavepoint();
		Throwable failure = call(pending, connection, watch);
		if (watch.isGivenUp()) {
			// tried again, it would only hold up this thread once more
			throw new PipelineUnavailableException("The transformer did not return in time, so its connection was cut",
					failure);
		}
		if (failure == null) {
			Savepoints.release(connection, savepoint);
		}
		else if (isOwnFault(failure)) {
			Savepoints.rollBackAfter(connection, savepoint, failure);
			guilty.put(pending, failure);
		}
		else {
			Savepoints.releaseAfter(connection, savepoint, failure);
			throw asException(failure);
		}
	}

	/**
	 * Fails the pipeline and cuts the connection, which rolls back and may free the
	 * thread.
	 */
	private void giveUp(String reason, Connection connection) {
		this.monitor.fail(reason);
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			logger.warn("The connection of a transformer that does not return could not be cut", ex);
		}
	}

	private @Nullable Throwable call(PendingEvent pending, Connection connection, Watch watch)
			throws InterruptedException {
		Throwable failure;
		boolean timedOut = false;
		watch.begin();
		try {
			this.transformer.transform(pending.event(), TransactionConnection.of(connection));
			return null;
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			failure = ex;
		}
		finally {
			timedOut = watch.end();
		}
		return TransformStage.refusal(failure, timedOut, watch);
	}

	private boolean isOwnFault(Throwable failure) {
		return failure instanceof TransformTimeoutException || SqlFailure.of(failure) == null
				|| this.classifier.classify(failure) == FailureKind.PERMANENT;
	}

	private static Exception asException(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (Exception) failure;
	}

}
