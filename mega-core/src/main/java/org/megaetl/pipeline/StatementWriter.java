package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sink.TransactionLostException;
import org.megaetl.sql.SqlStatement;

/**
 * Writes the statements of a batch together. If the database refuses them, halves the
 * batch until only the guilty events are left out: one bad event in a thousand costs
 * about twenty statements more, and its neighbours keep their order.
 */
final class StatementWriter implements EventWriter {

	private static final int VALIDATION_TIMEOUT_SECONDS = 2;

	private final JdbcSink sink;

	private final FailureClassifiers classifier;

	StatementWriter(JdbcSink sink, FailureClassifiers classifier) {
		this.sink = sink;
		this.classifier = classifier;
	}

	@Override
	public Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events) throws SQLException {
		this.sink.write(connection, () -> events.stream()
			.flatMap((pending) -> Objects.requireNonNull(pending.statements()).stream().map(SqlStatement.class::cast))
			.iterator());
		return Map.of();
	}

	@Override
	public Map<PendingEvent, Throwable> isolate(Connection connection, List<PendingEvent> events) throws SQLException {
		Map<PendingEvent, Throwable> guilty = new IdentityHashMap<>();
		// the whole is known to fail
		if (events.size() == 1) {
			isolate(connection, events, guilty);
		}
		else {
			isolate(connection, events.subList(0, events.size() / 2), guilty);
			isolate(connection, events.subList(events.size() / 2, events.size()), guilty);
		}
		return guilty;
	}

	private void isolate(Connection connection, List<PendingEvent> events, Map<PendingEvent, Throwable> guilty)
			throws SQLException {
		Savepoint savepoint = connection.setSavepoint();
		try {
			write(connection, events);
			connection.releaseSavepoint(savepoint);
			return;
		}
		catch (TransactionLostException ex) {
			throw ex;
		}
		catch (SQLException | RuntimeException ex) {
			if (!isEventsFault(ex, connection)) {
				throw ex;
			}
			connection.rollback(savepoint);
			if (events.size() == 1) {
				guilty.put(events.get(0), ex);
				return;
			}
		}
		isolate(connection, events.subList(0, events.size() / 2), guilty);
		isolate(connection, events.subList(events.size() / 2, events.size()), guilty);
	}

	private boolean isEventsFault(Exception failure, Connection connection) throws SQLException {
		FailureKind kind = this.classifier.classify(failure);
		return kind == FailureKind.PERMANENT
				|| (kind == FailureKind.UNKNOWN && connection.isValid(VALIDATION_TIMEOUT_SECONDS));
	}

}
