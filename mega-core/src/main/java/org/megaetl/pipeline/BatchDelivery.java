package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tries a batch until every event of it is settled, and decides after each failure how to
 * go on: leave out the guilty events, commit smaller batches, let go what belongs to
 * somebody else, or wait for the database.
 */
final class BatchDelivery {

	private static final Logger logger = LoggerFactory.getLogger(BatchDelivery.class);

	/**
	 * How often an event must fail alone, on a database that works otherwise, before it
	 * is blamed for a failure that does not say whose fault it is.
	 */
	private static final int ATTEMPTS_OF_A_SUSPECT = 5;

	/**
	 * How often a batch is tried whose transaction is rolled back by one of its own
	 * statements, as by a deadlock that is not passed on. More often it is no deadlock.
	 */
	private static final int ATTEMPTS_IF_LOST = 5;

	/**
	 * The first pause between these attempts, each pause three times the one before: ten
	 * seconds in all, so that connections lost in a failover blame nobody.
	 */
	private static final Duration FIRST_PAUSE_OF_A_SUSPECT = Duration.ofMillis(250);

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final BatchTransaction transaction;

	private final Sink sink;

	private final TransactionOperations lookups;

	/**
	 * The row that its probes write: of another replica's it could wait for the lock.
	 */
	private final String probe = "push/probe/" + BatchToken.random();

	private volatile boolean expectBadEvents;

	BatchDelivery(PipelineId id, RejectPolicy onReject, BatchTransaction transaction, Sink sink) {
		this.id = id;
		this.onReject = onReject;
		this.transaction = transaction;
		this.sink = sink;
		this.lookups = new SinkTransactions(sink.transactions());
	}

	/**
	 * Delivers a batch.
	 * @param batch the batch
	 * @param patience decides how long to wait for a database that does not work
	 * @return what became of each event, in order
	 * @throws InterruptedException if the pipeline is to stop; nothing is committed that
	 * has not been before
	 * @throws PipelineUnavailableException if the database does not work and the patience
	 * is over, or the transformer does not return
	 */
	DeliveryResult deliver(Batch batch, Patience patience) throws InterruptedException {
		// where the last batch had a bad event, the next is likely to have one, and an
		// isolating attempt costs a good batch nothing
		return deliver(batch, this.expectBadEvents ? WriteMode.ISOLATING : WriteMode.TOGETHER, patience);
	}

	private DeliveryResult deliver(Batch batch, WriteMode firstMode, Patience patience) throws InterruptedException {
		if (!batch.hasEffect(this.onReject)) {
			return settled(batch, batch.events().stream().map(BatchDelivery::withoutEffect).toList(), patience);
		}
		WriteMode mode = firstMode;
		boolean waitForIds = false;
		int attempts = 0;
		int losses = 0;
		PendingEvent suspect = null;
		int suspicions = 0;
		List<EventOutcome> outcomes = null;
		while (outcomes == null) {
			try {
				outcomes = this.transaction.execute(batch, mode, waitForIds);
			}
			catch (PipelineUnavailableException | InterruptedException ex) {
				throw ex;
			}
			catch (TransactionLostException ex) {
				losses++;
				if (isTakenBack(batch, ex, patience)) {
					throw ex.committed();
				}
				if (losses >= ATTEMPTS_IF_LOST) {
					throw ex;
				}
				patience.await(ex, FailureKind.TRANSIENT, losses);
			}
			catch (FencedException ex) {
				if (attempts + losses > 0) {
					requireNotCommitted(batch, ex, losses > 0, patience);
				}
				return deliverWithout(batch, ex, patience);
			}
			catch (IdsHeldException ex) {
				List<Batch> parts = batch.around(ex.events());
				if (parts.size() > 1) {
					return deliverParts(batch, parts, patience);
				}
				if (!ex.events().isEmpty()) {
					patience.awaitIds(ex);
				}
				waitForIds = true;
			}
			catch (Exception ex) {
				attempts++;
				boolean atCommit = ex instanceof CommitFailedException;
				// it must be known before anything else is tried
				if (ex instanceof CommitFailedException commit) {
					if (isCommitted(batch, commit, patience)) {
						return settled(batch, commit.outcomes(), patience);
					}
					batch = batch.again();
				}
				Exception failure = (ex instanceof EventFailedException failed) ? failed.failure() : ex;
				FailureKind kind = this.sink.classifier().classify(failure);
				boolean toBlame = kind == FailureKind.TOO_LARGE || (kind == FailureKind.PERMANENT && atCommit);
				if (kind == FailureKind.PERMANENT && !atCommit && mode == WriteMode.TOGETHER) {
					mode = WriteMode.ISOLATING;
				}
				else if (!batch.canBeBlamed() || !(toBlame || (isSuspect(kind, failure) && isDatabaseWell()))) {
					patience.await(failure, kind, attempts);
				}
				else if (kind == FailureKind.UNKNOWN && !atCommit && mode.compareTo(WriteMode.PROVEN) < 0) {
					mode = WriteMode.PROVEN;
				}
				else {
					PendingEvent named = named(batch, ex);
					List<Batch> parts = (named != null) ? List.of() : batch.split();
					if (parts.size() > 1) {
						return deliverParts(batch, parts, patience);
					}
					suspicions = (named == suspect) ? suspicions + 1 : 1;
					suspect = named;
					if (named == null && mode != WriteMode.ONE_BY_ONE) {
						mode = WriteMode.ONE_BY_ONE;
					}
					else if (named == null || (!toBlame && isTimeLimit(failure))) {
						patience.await(failure, kind, attempts);
					}
					else if (toBlame || suspicions >= ATTEMPTS_OF_A_SUSPECT) {
						return deliver(batch.refusing(named, failure), mode, patience);
					}
					else {
						patience.pause(failure,
								FIRST_PAUSE_OF_A_SUSPECT.multipliedBy((long) Math.pow(3, suspicions - 1)));
					}
				}
			}
		}
		this.expectBadEvents = mode != WriteMode.TOGETHER
				&& outcomes.stream().anyMatch(EventOutcome.DeadLettered.class::isInstance);
		// whatever fails now, the batch is committed and must not be tried again
		return settled(batch, outcomes, patience);
	}

	/**
	 * Returns the event that an attempt failed with, if that is known.
	 */
	private static @Nullable PendingEvent named(Batch batch, Exception failure) {
		if (batch.events().size() == 1) {
			return batch.events().get(0);
		}
		return (failure instanceof EventFailedException failed) ? failed.event() : null;
	}

	/**
	 * Commits the parts of a batch one after the other. What is lost in one is lost in
	 * those that follow.
	 */
	private DeliveryResult deliverParts(Batch batch, List<Batch> parts, Patience patience) throws InterruptedException {
		Map<PendingEvent, EventOutcome> outcomes = new IdentityHashMap<>();
		Set<String> lost = new HashSet<>();
		IdsHeldException held = null;
		for (Batch part : parts) {
			try {
				DeliveryResult result = deliverWithout(part, lost, patience);
				for (int i = 0; i < part.events().size(); i++) {
					outcomes.put(part.events().get(i), result.outcomes().get(i));
				}
				lost.addAll(result.lostKeys());
			}
			catch (IdsHeldException ex) {
				// it is not to be waited for these, and no more by the other parts
				held = ex;
			}
		}
		if (held != null) {
			throw held;
		}
		return new DeliveryResult(batch.events().stream().map(outcomes::get).toList(), lost);
	}

	private DeliveryResult deliverWithout(Batch batch, FencedException fenced, Patience patience)
			throws InterruptedException {
		logger.warn(fenced.getMessage());
		return deliverWithout(batch, new HashSet<>(fenced.keys()), patience);
	}

	private DeliveryResult deliverWithout(Batch batch, Set<String> lost, Patience patience)
			throws InterruptedException {
		if (lost.isEmpty()) {
			return deliver(batch, patience);
		}
		DeliveryResult rest = deliver(batch.without(lost), patience);
		Iterator<EventOutcome> settled = rest.outcomes().iterator();
		List<EventOutcome> outcomes = new ArrayList<>(batch.events().size());
		for (PendingEvent pending : batch.events()) {
			SourcePosition position = pending.event().position();
			outcomes.add(Batch.isIn(pending, lost) ? new EventOutcome.Displaced(Objects.requireNonNull(position).key())
					: settled.next());
		}
		Set<String> all = new HashSet<>(lost);
		all.addAll(rest.lostKeys());
		return new DeliveryResult(outcomes, all);
	}

	private static DeliveryResult settled(Batch batch, List<EventOutcome> outcomes, Patience patience) {
		patience.settled(batch.events(), outcomes);
		return new DeliveryResult(outcomes, Set.of());
	}

	private boolean isCommitted(Batch batch, CommitFailedException failure, Patience patience)
			throws InterruptedException {
		for (int attempts = 1;; attempts++) {
			try {
				return Boolean.TRUE.equals(this.lookups.execute((status) -> isCommitted(batch)));
			}
			catch (DataAccessException | TransactionException ex) {
				ex.addSuppressed(failure);
				patience.awaitOutcome(ex, attempts);
			}
		}
	}

	private boolean isCommitted(Batch batch) {
		return this.sink.checkpoints().isCommitted(this.id, batch.tokenKeys(), batch.token());
	}

	/**
	 * Takes back what keeps the events of a transaction from being written, if a
	 * statement has committed it before all of them were: its moves and their ids.
	 * @return whether it was committed
	 */
	private boolean isTakenBack(Batch batch, RuntimeException failure, Patience patience) throws InterruptedException {
		AtomicBoolean committed = new AtomicBoolean();
		for (int attempts = 1;; attempts++) {
			try {
				this.lookups.executeWithoutResult((status) -> {
					// an attempt of unknown outcome may have taken back the token, too
					if (committed.get() || isCommitted(batch)) {
						committed.set(true);
						this.sink.checkpoints().takeBack(this.id, batch.advances(), batch.token());
						this.sink.inbox().forget(this.id, batch.source(), batch.token());
					}
				});
				return committed.get();
			}
			catch (DataAccessException | TransactionException ex) {
				ex.addSuppressed(failure);
				awaitDatabase(ex, attempts, patience);
			}
		}
	}

	/**
	 * Makes sure that it was not an attempt of its own that moved a batch's positions, by
	 * a commit that was not noticed as the attempt failed for something else.
	 * @param lost whether a transaction of the batch was ended by one of its statements:
	 * who has taken over since may have gone on from where a commit led
	 */
	private void requireNotCommitted(Batch batch, FencedException fenced, boolean lost, Patience patience)
			throws InterruptedException {
		if (isTakenBack(batch, fenced, patience)) {
			throw new TransactionLostException(fenced, null).committed();
		}
		if (lost) {
			throw new TransactionLostException(fenced, null);
		}
	}

	/**
	 * Waits although the pipeline stops, or has failed meanwhile: events would be lost. A
	 * stop ends it with an interrupt.
	 */
	private static void awaitDatabase(RuntimeException failure, int attempts, Patience patience)
			throws InterruptedException {
		try {
			patience.awaitOutcome(failure, attempts);
		}
		catch (PipelineUnavailableException ex) {
			logger.debug("The database is waited for all the same", ex);
			Thread.sleep(Math.min(250L * attempts, 5000));
		}
	}

	/**
	 * Returns whether a time limit was reached, perhaps for another's lock: to wait is
	 * all that helps then.
	 */
	private static boolean isTimeLimit(Exception failure) {
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return sqlFailure != null && sqlFailure.isTimeLimit();
	}

	/**
	 * A connection or statement that is cut off is the database's fault, unless it is an
	 * event that brings it about.
	 */
	private static boolean isSuspect(FailureKind kind, Exception failure) {
		if (kind == FailureKind.UNKNOWN) {
			return true;
		}
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return kind == FailureKind.TRANSIENT && !(failure instanceof TransactionException) && sqlFailure != null
				&& sqlFailure.isCutOff();
	}

	private boolean isDatabaseWell() {
		try {
			probe();
			return true;
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The probe failed", ex);
			return false;
		}
	}

	/**
	 * Commits a transaction that writes, on another connection.
	 */
	void probe() {
		this.lookups
			.executeWithoutResult((status) -> this.sink.checkpoints().mark(this.id, this.probe, BatchToken.random()));
	}

	private static EventOutcome withoutEffect(PendingEvent pending) {
		Throwable refusal = pending.refusal();
		return (refusal != null) ? new EventOutcome.Rejected(FailureMessage.of(refusal)) : new EventOutcome.Skipped();
	}

	/**
	 * What became of a batch.
	 *
	 * @param outcomes what became of each event, in order
	 * @param lostKeys the parts of the source that belong to somebody else
	 */
	record DeliveryResult(List<EventOutcome> outcomes, Set<String> lostKeys) {

	}

}
