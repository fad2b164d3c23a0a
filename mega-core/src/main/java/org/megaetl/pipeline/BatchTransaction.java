package org.megaetl.pipeline;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.deadletter.DeadLetterFailure;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.deadletter.RefusedEvent;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.event.PositionAdvance;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.inbox.Inbox;
import org.megaetl.inbox.Registration;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;

import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/**
 * One attempt to commit a batch: positions, rows and dead letters in one transaction, or
 * nothing at all.
 */
final class BatchTransaction {

	private static final long NOT_STORED_YET = 0;

	private static final EventOutcome WRITTEN = new EventOutcome.Written();

	private static final EventOutcome SKIPPED = new EventOutcome.Skipped();

	private final PipelineName name;

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final EventWriter writer;

	private final PipelineMetrics metrics;

	private final DataSource dataSource;

	private final PlatformTransactionManager transactions;

	private final CheckpointStore checkpoints;

	private final JdbcSink rows;

	private final Inbox inbox;

	private final DeadLetterStore deadLetters;

	BatchTransaction(PipelineName name, PipelineId id, RejectPolicy onReject, EventWriter writer, Sink sink,
			PipelineMetrics metrics) {
		this.name = name;
		this.id = id;
		this.onReject = onReject;
		this.writer = writer;
		this.metrics = metrics;
		this.dataSource = sink.dataSource();
		this.transactions = sink.transactions();
		this.checkpoints = sink.checkpoints();
		this.rows = sink.rows();
		this.inbox = sink.inbox();
		this.deadLetters = sink.deadLetters();
	}

	/**
	 * Runs the transaction.
	 * @param batch the batch
	 * @param mode which events may be left out
	 * @param waitForIds whether to wait for other transactions that have ids of this one
	 * @return what became of each event, in order
	 * @throws FencedException if a part of the source belongs to somebody else by now, or
	 * dead letters that go with its move are gone
	 * @throws IdsHeldException if another transaction has ids of this one and it is not
	 * to be waited for it
	 * @throws CommitFailedException if the commit failed and the outcome is unknown
	 * @throws TransactionLostException if a statement has ended the transaction: what was
	 * written before it may be committed
	 * @throws EventFailedException if an event is known to have failed, and with it the
	 * attempt, perhaps with one of the others
	 * @throws TransactionInDoubtException if a statement may have, which the failure
	 * hides
	 * @throws Exception if anything else failed; nothing was committed
	 */
	List<EventOutcome> execute(Batch batch, WriteMode mode, boolean waitForIds) throws Exception {
		TransactionStatus transaction = this.transactions.getTransaction(new DefaultTransactionDefinition());
		long start = System.nanoTime();
		long written;
		List<EventOutcome> outcomes;
		try {
			outcomes = write(batch, mode, waitForIds);
			written = System.nanoTime();
			this.metrics.writeTook(written - start);
		}
		catch (Throwable ex) {
			if (isLost(ex)) {
				discardConnection(ex);
			}
			SinkTransactions.rollback(this.transactions, transaction, ex);
			throw ex;
		}
		try {
			this.transactions.commit(transaction);
		}
		catch (RuntimeException ex) {
			throw new CommitFailedException(outcomes, ex);
		}
		this.metrics.commitTook(System.nanoTime() - written);
		return outcomes;
	}

	private List<EventOutcome> write(Batch batch, WriteMode mode, boolean waitForIds) throws Exception {
		move(batch);
		KnownEvents known = register(batch, waitForIds);
		Map<PendingEvent, Throwable> failures = writeStatements(batch, known.writable(batch), mode);
		List<RefusedEvent> refused = new ArrayList<>();
		List<EventOutcome> outcomes = settle(batch, known, failures, refused);
		deleteSettledLetters(batch, outcomes);
		if (!refused.isEmpty()) {
			storeLetters(refused, outcomes);
		}
		return outcomes;
	}

	/**
	 * Moves the positions, or leaves the token where there are none: the first statement,
	 * so that who has been displaced does no more.
	 */
	private void move(Batch batch) {
		if (batch.advances().isEmpty()) {
			this.checkpoints.mark(this.id, batch.writer(), batch.token());
		}
		List<String> lost = this.checkpoints.advance(this.id, batch.advances(), batch.token());
		if (!lost.isEmpty()) {
			throw new FencedException(this.name.toString(), lost);
		}
	}

	/**
	 * Locks the dead letters that events were taken from, and registers the ids of the
	 * others.
	 */
	private KnownEvents register(Batch batch, boolean waitForIds) {
		Set<Long> letters = this.deadLetters.lock(this.id, letters(batch));
		List<Event> identified = identified(batch);
		Registration registration = this.inbox.register(this.id, identified, batch.token(), waitForIds);
		Set<PendingEvent> duplicates = identified.isEmpty() ? Set.of() : duplicates(batch, registration);
		return new KnownEvents(letters, registration, duplicates);
	}

	private static List<Long> letters(Batch batch) {
		List<Long> letters = new ArrayList<>(0);
		for (PendingEvent pending : batch.events()) {
			if (pending.letter() != null) {
				letters.add(pending.letter());
			}
		}
		return letters;
	}

	private List<Event> identified(Batch batch) {
		List<Event> identified = new ArrayList<>(0);
		for (PendingEvent pending : batch.events()) {
			if (pending.event().id() != null && takesId(pending)) {
				identified.add(pending.event());
			}
		}
		return identified;
	}

	/**
	 * Executes what transformer and adapter want to be executed.
	 * @return the events that could not be written, with their failures
	 */
	private Map<PendingEvent, Throwable> writeStatements(Batch batch, List<PendingEvent> writable, WriteMode mode)
			throws Exception {
		try {
			Map<PendingEvent, Throwable> failures = Map.of();
			if (!writable.isEmpty()) {
				failures = this.writer.write(DataSourceUtils.getConnection(this.dataSource), writable, mode);
			}
			// after the events, whose statements may commit what is not taken back
			deleteLettersOfAdapter(batch);
			writeStatementsOfAdapter(batch);
			return failures;
		}
		catch (Exception ex) {
			throw ((hidesCommit(ex) || isConnectionClosed()) && mayCommit(batch, writable))
					? new TransactionInDoubtException(ex) : ex;
		}
	}

	/**
	 * Returns whether a failure lets nobody know any more whether a statement before it
	 * has ended the transaction. After all others a savepoint has told.
	 */
	private static boolean hidesCommit(Exception failure) {
		return failure instanceof PipelineUnavailableException || failure instanceof InterruptedException
				|| SqlFailure.mayHaveEndedTransaction(failure);
	}

	/**
	 * Returns whether the pool has thrown the connection away, and any savepoint with it.
	 */
	private boolean isConnectionClosed() throws SQLException {
		return DataSourceUtils.getConnection(this.dataSource).isClosed();
	}

	private boolean mayCommit(Batch batch, List<PendingEvent> writable) {
		return this.writer.mayCommit(writable)
				|| batch.advances().stream().anyMatch((advance) -> this.rows.mayCommit(advance.statements()));
	}

	private void deleteLettersOfAdapter(Batch batch) {
		for (PositionAdvance advance : batch.advances()) {
			if (!this.deadLetters.deleteAll(this.id, advance.deadLetters())) {
				throw FencedException.lettersGone(this.name.toString(), advance.key());
			}
		}
	}

	private void writeStatementsOfAdapter(Batch batch) throws SQLException {
		for (PositionAdvance advance : batch.advances()) {
			if (!advance.statements().isEmpty()) {
				this.rows.write(DataSourceUtils.getConnection(this.dataSource), advance.statements());
			}
		}
	}

	/**
	 * Returns the events that were here before, also those that are in the batch twice
	 * themselves: a sender may submit one again while it waits.
	 */
	private Set<PendingEvent> duplicates(Batch batch, Registration registration) {
		Set<PendingEvent> duplicates = Collections.newSetFromMap(new IdentityHashMap<>());
		Set<Event> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (PendingEvent pending : batch.events()) {
			Event event = pending.event();
			boolean again = event.id() != null && takesId(pending) && !seen.add(event);
			if (again || registration.isDuplicate(event)) {
				duplicates.add(pending);
			}
		}
		return duplicates;
	}

	/**
	 * An event that is only answered does not use up its id: it may come again, mended.
	 * One that is replayed has used its id up already.
	 */
	private boolean takesId(PendingEvent pending) {
		return pending.letter() == null
				&& (pending.refusal() == null || pending.isStoredIfRefused(pending.refusal(), this.onReject));
	}

	/**
	 * Says what becomes of each event.
	 * @param refused takes the events to be stored as dead letters
	 */
	private List<EventOutcome> settle(Batch batch, KnownEvents known, Map<PendingEvent, Throwable> failures,
			List<RefusedEvent> refused) {
		List<EventOutcome> outcomes = new ArrayList<>(batch.events().size());
		Map<Event, EventOutcome.Rejected> rejected = new IdentityHashMap<>();
		for (PendingEvent pending : batch.events()) {
			Event event = pending.event();
			EventOutcome outcome;
			if (known.isGone(pending)) {
				outcome = new EventOutcome.Duplicate(true);
			}
			else if (known.isDuplicate(pending)) {
				Registration registration = known.registration();
				outcome = duplicate(event, registration, rejected.get(registration.first(event)));
			}
			else {
				outcome = settle(pending, failures.get(pending), refused);
			}
			outcomes.add(outcome);
			if (outcome instanceof EventOutcome.Rejected rejection) {
				rejected.put(event, rejection);
			}
		}
		return outcomes;
	}

	/**
	 * An event of which nothing is stored, as the first of its id was only answered, is
	 * no duplicate, and its sender must not think it is.
	 */
	private static EventOutcome duplicate(Event event, Registration registration,
			EventOutcome.@Nullable Rejected first) {
		if (first == null) {
			return new EventOutcome.Duplicate(registration.hasSameBody(event));
		}
		return new EventOutcome.Rejected("An event of the same id that arrived at the same time was refused ("
				+ first.reason() + "): send this one again if it is another");
	}

	private EventOutcome settle(PendingEvent pending, @Nullable Throwable failure, List<RefusedEvent> refused) {
		Event event = pending.event();
		Throwable refusal = (failure != null) ? failure : pending.refusal();
		if (refusal == null) {
			return pending.isSkipped() ? SKIPPED : WRITTEN;
		}
		if (!pending.isStoredIfRefused(refusal, this.onReject)) {
			if (failure != null && event.id() != null) {
				this.inbox.forget(this.id, event);
			}
			return new EventOutcome.Rejected(FailureMessage.of(refusal));
		}
		DeadLetterFailure reason = this.deadLetters.describe(refusal);
		if (pending.letter() != null) {
			this.deadLetters.failedAgain(pending.letter(), reason);
			return new EventOutcome.DeadLettered(pending.letter(), reason.message());
		}
		refused.add(new RefusedEvent(event, reason));
		return new EventOutcome.DeadLettered(NOT_STORED_YET, reason.message());
	}

	private void deleteSettledLetters(Batch batch, List<EventOutcome> outcomes) {
		List<Long> settled = new ArrayList<>(0);
		for (int i = 0; i < outcomes.size(); i++) {
			Long letter = batch.events().get(i).letter();
			if (letter != null && !(outcomes.get(i) instanceof EventOutcome.DeadLettered)) {
				settled.add(letter);
			}
		}
		if (!settled.isEmpty()) {
			this.deadLetters.delete(settled);
		}
	}

	private void storeLetters(List<RefusedEvent> refused, List<EventOutcome> outcomes) {
		Iterator<Long> ids = this.deadLetters.store(this.id, refused).iterator();
		outcomes.replaceAll(
				(outcome) -> (outcome instanceof EventOutcome.DeadLettered letter && letter.id() == NOT_STORED_YET)
						? new EventOutcome.DeadLettered(ids.next(), letter.reason()) : outcome);
	}

	private static boolean isLost(Throwable failure) {
		return failure instanceof TransactionLostException
				|| (failure instanceof EventFailedException failed && isLost(failed.failure()));
	}

	/**
	 * Has the pool throw the connection away, as the statement that ended the transaction
	 * may have locked tables, or changed the session.
	 */
	private void discardConnection(Throwable failure) {
		try {
			DataSourceUtils.getConnection(this.dataSource).abort(Runnable::run);
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * What the database knows of the events of a batch before they are written.
	 *
	 * @param letters those of their dead letters that still exist, locked
	 * @param registration the ids
	 * @param duplicates the events whose ids were here before
	 */
	private record KnownEvents(Set<Long> letters, Registration registration, Set<PendingEvent> duplicates) {

		List<PendingEvent> writable(Batch batch) {
			List<PendingEvent> writable = new ArrayList<>(batch.events().size());
			for (PendingEvent pending : batch.events()) {
				if (pending.isToBeWritten() && !isGone(pending) && !isDuplicate(pending)) {
					writable.add(pending);
				}
			}
			return writable;
		}

		/**
		 * Somebody else has replayed or discarded the dead letter meanwhile.
		 */
		boolean isGone(PendingEvent pending) {
			return pending.letter() != null && !this.letters.contains(pending.letter());
		}

		boolean isDuplicate(PendingEvent pending) {
			return this.duplicates.contains(pending);
		}

	}

}
