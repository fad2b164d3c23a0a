package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sink.Savepoints;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;
import org.megaetl.sql.SqlStatement;

/**
 * Writes the statements of a batch together, without the events that the sink doubts.
 * These are tried last, one by one: if each is refused for its own values, its place
 * among the others would have made no difference; if not, all is taken back and written
 * in order. If the database refuses a batch that was not doubted, halves it until only
 * the guilty events are left out: one bad event in a thousand costs about twenty
 * statements more, and its neighbours keep their order. Where the database names the row
 * it refused, that is looked at first.
 */
final class StatementWriter implements EventWriter {

	private static final int VALIDATION_TIMEOUT_SECONDS = 2;

	/** Fewer events are not worth a statement of their own. */
	private static final int MIN_EVENTS = 16;

	/**
	 * How often the rest of a batch may be doubted: what its values tell, and what the
	 * server remarks on, which may be more than one text.
	 */
	private static final int MAX_DOUBTS = 3;

	private final JdbcSink sink;

	private final FailureClassifiers classifier;

	StatementWriter(JdbcSink sink, FailureClassifiers classifier) {
		this.sink = sink;
		this.classifier = classifier;
	}

	@Override
	public Map<PendingEvent, Throwable> write(Connection connection, List<PendingEvent> events, WriteMode mode)
			throws Exception {
		Isolation isolation = new Isolation(connection, mode);
		if (mode == WriteMode.ONE_BY_ONE) {
			isolation.writeOneByOne(events);
		}
		else {
			isolation.writeAll(events);
		}
		return isolation.guilty;
	}

	@Override
	public boolean mayCommit(List<PendingEvent> events) {
		return this.sink.mayCommit(statements(events));
	}

	private static List<SqlStatement> statements(List<PendingEvent> events) {
		List<SqlStatement> statements = new ArrayList<>(events.size());
		for (PendingEvent pending : events) {
			for (SqlStatement statement : Objects.requireNonNull(pending.statements())) {
				statements.add(statement);
			}
		}
		return statements;
	}

	/**
	 * Finds the guilty events of one batch.
	 */
	private final class Isolation {

		private final Connection connection;

		private final WriteMode mode;

		private final Map<PendingEvent, Throwable> guilty = new IdentityHashMap<>();

		/**
		 * Whether the rows the database names have been the guilty ones so far.
		 */
		private boolean rowsNamedRightly = true;

		Isolation(Connection connection, WriteMode mode) {
			this.connection = connection;
			this.mode = mode;
		}

		private void writeAll(List<PendingEvent> events) throws SQLException {
			List<PendingEvent> rest = events;
			List<PendingEvent> doubtful = new ArrayList<>(0);
			Savepoint start = null;
			Exception failure = null;
			for (int doubts = 0;; doubts++) {
				Set<SqlStatement> doubted = Collections.newSetFromMap(new IdentityHashMap<>(0));
				failure = attempt(rest, (doubts < MAX_DOUBTS) ? doubted : null);
				if (doubted.isEmpty()) {
					break;
				}
				start = (start != null) ? start : this.connection.setSavepoint();
				rest = without(doubted, rest, doubtful);
			}
			if (failure != null) {
				write(rest, failure);
			}
			if (start == null) {
				return;
			}
			boolean refused = areRefused(doubtful);
			StatementWriter.this.sink.doubted(statements(doubtful), refused);
			if (!refused) {
				this.guilty.clear();
				this.connection.rollback(start);
				write(events, attempt(events, null));
			}
		}

		private static List<PendingEvent> without(Set<SqlStatement> doubted, List<PendingEvent> events,
				List<PendingEvent> doubtful) {
			List<PendingEvent> rest = new ArrayList<>(events.size());
			for (PendingEvent pending : events) {
				(Objects.requireNonNull(pending.statements()).stream().anyMatch(doubted::contains) ? doubtful : rest)
					.add(pending);
			}
			return rest;
		}

		/**
		 * Returns whether each event is refused for its own values.
		 */
		private boolean areRefused(List<PendingEvent> doubtful) throws SQLException {
			for (PendingEvent pending : doubtful) {
				Exception failure = tryWrite(List.of(pending), null);
				SqlFailure found = (failure != null) ? SqlFailure.of(failure) : null;
				if (found == null || !found.isOfValue()) {
					return false;
				}
				this.guilty.put(pending, failure);
			}
			return true;
		}

		private void write(List<PendingEvent> events) throws SQLException {
			if (!events.isEmpty()) {
				write(events, tryWrite(events, null));
			}
		}

		/**
		 * Writes events that an attempt has been made at.
		 * @param firstFailure why they were refused, or {@code null} if they are written
		 */
		private void write(List<PendingEvent> events, @Nullable Exception firstFailure) throws SQLException {
			List<PendingEvent> rest = events;
			Exception failure = firstFailure;
			int limit = rest.size();
			while (!rest.isEmpty()) {
				List<PendingEvent> next = rest.subList(0, Math.min(limit, rest.size()));
				int settled = settle(next, (rest != events) ? tryWrite(next, null) : failure);
				rest = rest.subList(settled, rest.size());
				// where one was bad the next may be as near: rows behind it are sent in
				// vain
				limit = (settled < next.size()) ? Math.max(MIN_EVENTS, 2 * settled) : 2 * limit;
			}
		}

		private void writeOneByOne(List<PendingEvent> events) throws Exception {
			for (PendingEvent pending : events) {
				try {
					write(List.of(pending));
				}
				catch (SQLException | RuntimeException ex) {
					throw new EventFailedException(pending, ex);
				}
			}
		}

		/**
		 * Writes the events that were refused together, or all up to the first that is
		 * known to be guilty.
		 * @param failure why they were refused, or {@code null} if they are written
		 * @return how many of them are settled
		 */
		private int settle(List<PendingEvent> events, @Nullable Exception failure) throws SQLException {
			if (failure == null) {
				return events.size();
			}
			if (events.size() == 1) {
				this.guilty.put(events.get(0), failure);
				return 1;
			}
			int suspect = this.rowsNamedRightly ? suspect(failure, events) : -1;
			if (suspect < 0) {
				writeHalves(events);
				return events.size();
			}
			write(events.subList(0, suspect));
			write(events.subList(suspect, suspect + 1));
			this.rowsNamedRightly &= this.guilty.containsKey(events.get(suspect));
			return suspect + 1;
		}

		private void writeHalves(List<PendingEvent> events) throws SQLException {
			write(events.subList(0, events.size() / 2));
			write(events.subList(events.size() / 2, events.size()));
		}

		/**
		 * Writes all events unless some are doubted. The first refusal ends the attempt
		 * if none may be left out.
		 */
		private @Nullable Exception attempt(List<PendingEvent> events, @Nullable Set<SqlStatement> doubted)
				throws SQLException {
			if (this.mode != WriteMode.TOGETHER) {
				return tryWrite(events, doubted);
			}
			send(statements(events), doubted);
			return null;
		}

		/**
		 * Writes events, or leaves no trace of them.
		 * @return why they were refused, or {@code null} if they were written or doubted
		 */
		private @Nullable Exception tryWrite(List<PendingEvent> events, @Nullable Set<SqlStatement> doubted)
				throws SQLException {
			List<SqlStatement> statements = statements(events);
			// a statement that is refused leaves no trace by itself
			boolean single = StatementWriter.this.sink.isSingleStatement(this.connection, statements);
			Savepoint savepoint = single ? null : this.connection.setSavepoint();
			try {
				send(statements, doubted);
				return null;
			}
			catch (TransactionLostException ex) {
				throw ex;
			}
			catch (SQLException | RuntimeException ex) {
				if (!isEventsFault(ex)) {
					throw ex;
				}
				Savepoints.requireOpen(this.connection, ex);
				if (savepoint != null) {
					this.connection.rollback(savepoint);
				}
				return ex;
			}
		}

		private void send(List<SqlStatement> statements, @Nullable Set<SqlStatement> doubted) throws SQLException {
			if (doubted == null) {
				StatementWriter.this.sink.write(this.connection, statements);
			}
			else {
				doubted.addAll(StatementWriter.this.sink.tryWrite(this.connection, statements));
			}
		}

		private boolean isEventsFault(Exception failure) throws SQLException {
			FailureKind kind = StatementWriter.this.classifier.classify(failure);
			return kind == FailureKind.PERMANENT || (kind == FailureKind.UNKNOWN && this.mode == WriteMode.PROVEN
					&& this.connection.isValid(VALIDATION_TIMEOUT_SECONDS));
		}

		/**
		 * Returns the event whose row the database names, if each event is one row: only
		 * a hint, as the rows may have been spread over several statements.
		 * @return its index, or -1
		 */
		private static int suspect(Exception failure, List<PendingEvent> events) {
			SqlFailure sqlFailure = SqlFailure.of(failure);
			int index = ((sqlFailure != null) ? sqlFailure.row().orElse(0) : 0) - 1;
			boolean oneRowEach = events.stream()
				.allMatch((pending) -> Objects.requireNonNull(pending.statements()).size() == 1);
			return (oneRowEach && index >= 0 && index < events.size()) ? index : -1;
		}

	}

}
