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

import org.jspecify.annotations.Nullable;
import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.TransactionException;

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

	private final RejectPolicy onReject;

	private final BatchTransaction transaction;

	private final FailureClassifiers classifier;

	private final CommitLookup lookup;

	private final DatabaseProbe probe;

	private volatile boolean expectBadEvents;

	BatchDelivery(PipelineId id, RejectPolicy onReject, BatchTransaction transaction, Sink sink) {
		this.onReject = onReject;
		this.transaction = transaction;
		this.classifier = sink.classifier();
		this.lookup = new CommitLookup(id, sink);
		this.probe = new DatabaseProbe(id, sink);
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
		TransactionLostException lost = null;
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
				lost = ex;
				losses++;
				this.lookup.requireNotCommitted(batch, ex, patience);
				if (losses >= ATTEMPTS_IF_LOST) {
					throw ex;
				}
				patience.await(ex, FailureKind.TRANSIENT, losses);
			}
			catch (FencedException ex) {
				if (attempts + losses > 0) {
					// it may be an attempt of its own that has moved a position
					this.lookup.requireNotCommitted(batch, ex, patience);
				}
				if (lost != null) {
					throw CommittedByStatementException.perhaps(lost);
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
					if (this.lookup.isCommitted(batch, commit, patience)) {
						return settled(batch, commit.outcomes(), patience);
					}
					batch = batch.again();
				}
				Exception failure = (ex instanceof EventFailedException failed) ? failed.failure() : ex;
				FailureKind kind = this.classifier.classify(failure);
				boolean toBlame = kind == FailureKind.TOO_LARGE || (kind == FailureKind.PERMANENT && atCommit);
				if (kind == FailureKind.PERMANENT && !atCommit && mode == WriteMode.TOGETHER) {
					mode = WriteMode.ISOLATING;
				}
				else if (!batch.canBeBlamed() || !(toBlame || (isSuspect(kind, failure) && this.probe.succeeds()))) {
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

	/**
	 * Commits a transaction that writes, on another connection, or throws what it fails
	 * with.
	 */
	void probe() {
		this.probe.run();
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
