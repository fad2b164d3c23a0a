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
	 * statements, as by a deadlock that is not passed on. If it is more often, the event
	 * is looked for whose statement that is.
	 */
	private static final int ATTEMPTS_IF_LOST = 5;

	/**
	 * The same if the statement has failed besides, with what may be its own words for a
	 * deadlock.
	 */
	private static final int ATTEMPTS_IF_LOST_WITH_FAILURE = 3;

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
	 * @param listener hears of each part of the batch when it is committed
	 * @return what became of each event, in order
	 * @throws InterruptedException if the pipeline is to stop; nothing is committed that
	 * has not been before
	 * @throws PipelineUnavailableException if the database does not work and the patience
	 * is over, or the transformer does not return
	 */
	DeliveryResult deliver(Batch batch, Patience patience, OutcomeListener listener) throws InterruptedException {
		// where the last batch had a bad event, the next is likely to have one, and an
		// isolating attempt costs a good batch nothing
		return deliver(batch, this.expectBadEvents ? WriteMode.ISOLATING : WriteMode.TOGETHER, patience, listener);
	}

	private DeliveryResult deliver(Batch batch, WriteMode firstMode, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		if (!batch.hasEffect(this.onReject)) {
			return settled(batch, batch.events().stream().map(BatchDelivery::withoutEffect).toList(), listener);
		}
		Attempts attempts = new Attempts(batch, firstMode, patience, listener);
		DeliveryResult result = null;
		while (result == null) {
			result = attempts.next();
		}
		return result;
	}

	/**
	 * Commits the parts of a batch one after the other. What is lost in one is lost in
	 * those that follow.
	 */
	private DeliveryResult deliverParts(Batch batch, List<Batch> parts, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		Map<PendingEvent, EventOutcome> outcomes = new IdentityHashMap<>();
		Set<String> lost = new HashSet<>();
		IdsHeldException held = null;
		for (Batch part : parts) {
			try {
				DeliveryResult result = deliverWithout(part, lost, patience, listener);
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

	private DeliveryResult deliverWithout(Batch batch, Set<String> lost, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		if (lost.isEmpty()) {
			return deliver(batch, patience, listener);
		}
		DeliveryResult rest = deliver(batch.without(lost), patience, listener);
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

	private static DeliveryResult settled(Batch batch, List<EventOutcome> outcomes, OutcomeListener listener) {
		listener.settled(batch.events(), outcomes);
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
	 * The attempts at one batch, and what those that failed have told about it.
	 */
	private final class Attempts {

		private final Patience patience;

		private final OutcomeListener listener;

		private Batch batch;

		private WriteMode mode;

		private boolean waitForIds;

		private int failures;

		private int losses;

		private @Nullable PendingEvent suspect;

		private int suspicions;

		Attempts(Batch batch, WriteMode mode, Patience patience, OutcomeListener listener) {
			this.batch = batch;
			this.mode = mode;
			this.patience = patience;
			this.listener = listener;
		}

		/**
		 * Makes an attempt, and after one that failed whatever must be done before the
		 * next.
		 * @return what became of the batch, or {@code null} if it is to be tried again
		 */
		@Nullable DeliveryResult next() throws InterruptedException {
			List<EventOutcome> outcomes;
			try {
				outcomes = BatchDelivery.this.transaction.execute(this.batch, this.mode, this.waitForIds);
			}
			catch (PipelineUnavailableException | InterruptedException ex) {
				throw ex;
			}
			catch (FencedException ex) {
				return displaced(ex);
			}
			catch (IdsHeldException ex) {
				return idsHeld(ex);
			}
			catch (TransactionInDoubtException ex) {
				return inDoubt(ex);
			}
			catch (CommitFailedException ex) {
				return commitFailed(ex);
			}
			catch (Exception ex) {
				return failed(ex);
			}
			BatchDelivery.this.expectBadEvents = this.mode != WriteMode.TOGETHER
					&& outcomes.stream().anyMatch(EventOutcome.DeadLettered.class::isInstance);
			// whatever fails now, the batch is committed and must not be tried again
			return settled(this.batch, outcomes, this.listener);
		}

		private DeliveryResult displaced(FencedException fenced) throws InterruptedException {
			if (this.failures + this.losses > 0) {
				// it may be an attempt of its own that has moved a position
				BatchDelivery.this.lookup.takeBackIfCommitted(this.batch, fenced, this.patience);
			}
			logger.warn(fenced.getMessage());
			return deliverWithout(this.batch, new HashSet<>(fenced.keys()), this.patience, this.listener);
		}

		private @Nullable DeliveryResult idsHeld(IdsHeldException held) throws InterruptedException {
			List<Batch> parts = this.batch.around(held.events());
			if (parts.size() > 1) {
				return deliverParts(this.batch, parts, this.patience, this.listener);
			}
			if (!held.events().isEmpty()) {
				this.patience.awaitIds(held);
			}
			this.waitForIds = true;
			return null;
		}

		/**
		 * Decides how to go on after a statement has rolled the transaction back. If it
		 * was a deadlock that was swallowed, the next attempt succeeds.
		 */
		private @Nullable DeliveryResult lost(TransactionLostException lost, @Nullable PendingEvent named)
				throws InterruptedException {
			BatchDelivery.this.lookup.takeBackUnlessRolledBack(this.batch, lost, this.patience);
			Exception failure = (lost.failure() instanceof Exception own) ? own : null;
			this.losses++;
			if (this.losses < ((failure != null) ? ATTEMPTS_IF_LOST_WITH_FAILURE : ATTEMPTS_IF_LOST)) {
				this.patience.pause(lost, Patience.afterConflict());
				return null;
			}
			return failedTogether((failure != null) ? failure : lost, named);
		}

		private @Nullable DeliveryResult inDoubt(TransactionInDoubtException doubt) throws InterruptedException {
			BatchDelivery.this.lookup.takeBackIfCommitted(this.batch, doubt.failure(), this.patience);
			if (doubt.failure() instanceof PipelineUnavailableException unavailable) {
				throw unavailable;
			}
			if (doubt.failure() instanceof InterruptedException interrupted) {
				throw interrupted;
			}
			return failed(doubt.failure());
		}

		private @Nullable DeliveryResult commitFailed(CommitFailedException failure) throws InterruptedException {
			// it must be known before anything else is tried
			if (BatchDelivery.this.lookup.isCommitted(this.batch, failure, this.patience)) {
				return settled(this.batch, failure.outcomes(), this.listener);
			}
			this.batch = this.batch.again();
			return failedTogether(failure, null);
		}

		private @Nullable DeliveryResult failed(Exception ex) throws InterruptedException {
			PendingEvent named = (ex instanceof EventFailedException failed) ? failed.event() : null;
			Exception failure = (ex instanceof EventFailedException failed) ? failed.failure() : ex;
			return (failure instanceof TransactionLostException lost) ? lost(lost, named) : failed(failure, named);
		}

		/**
		 * Decides how to go on after a failure of a statement, without which the rest of
		 * the batch could be committed.
		 * @param named the event that the attempt failed with, or {@code null} if that is
		 * not known
		 */
		private @Nullable DeliveryResult failed(Exception failure, @Nullable PendingEvent named)
				throws InterruptedException {
			FailureKind kind = BatchDelivery.this.classifier.classify(failure);
			this.failures++;
			if (kind == FailureKind.PERMANENT && this.mode == WriteMode.TOGETHER) {
				this.mode = WriteMode.ISOLATING;
				return null;
			}
			boolean certain = kind == FailureKind.TOO_LARGE;
			if (!mayBlame(failure, kind, certain)) {
				this.patience.await(failure, kind, this.failures);
				return null;
			}
			if (kind == FailureKind.UNKNOWN && this.mode.compareTo(WriteMode.PROVEN) < 0) {
				this.mode = WriteMode.PROVEN;
				return null;
			}
			return blame(named, failure, kind, certain);
		}

		/**
		 * Decides how to go on after a failure that has taken the whole transaction with
		 * it, so that no event can be left out inside of it.
		 * @param named the event that the attempt failed with, or {@code null} if that is
		 * not known
		 */
		private @Nullable DeliveryResult failedTogether(Exception failure, @Nullable PendingEvent named)
				throws InterruptedException {
			FailureKind kind = BatchDelivery.this.classifier.classify(failure);
			this.failures++;
			boolean certain = kind == FailureKind.TOO_LARGE || kind == FailureKind.PERMANENT;
			if (!mayBlame(failure, kind, certain)) {
				this.patience.await(failure, kind, this.failures);
				return null;
			}
			return blame(named, failure, kind, certain);
		}

		/**
		 * Returns whether some event of the batch may be at fault.
		 * @param certain whether one is, if there is one to be written
		 */
		private boolean mayBlame(Exception failure, FailureKind kind, boolean certain) {
			return this.batch.canBeBlamed()
					&& (certain || (isSuspect(kind, failure) && BatchDelivery.this.probe.succeeds()));
		}

		/**
		 * Looks for the event that is at fault, or refuses it.
		 * @param named the event that the attempt failed with, or {@code null} if that is
		 * not known
		 * @param certain whether the failure says that it is at fault
		 */
		private @Nullable DeliveryResult blame(@Nullable PendingEvent named, Exception failure, FailureKind kind,
				boolean certain) throws InterruptedException {
			List<PendingEvent> events = this.batch.events();
			PendingEvent culprit = (events.size() == 1) ? events.get(0) : named;
			List<Batch> parts = (culprit != null) ? List.of() : this.batch.split();
			if (parts.size() > 1) {
				return deliverParts(this.batch, parts, this.patience, this.listener);
			}
			this.suspicions = (culprit == this.suspect) ? this.suspicions + 1 : 1;
			this.suspect = culprit;
			if (culprit == null && this.mode != WriteMode.ONE_BY_ONE) {
				this.mode = WriteMode.ONE_BY_ONE;
			}
			else if (culprit == null || (!certain && isTimeLimit(failure))) {
				this.patience.await(failure, kind, this.failures);
			}
			else if (certain || this.suspicions >= ATTEMPTS_OF_A_SUSPECT) {
				return deliver(this.batch.refusing(culprit, failure), this.mode, this.patience, this.listener);
			}
			else {
				this.patience.pause(failure,
						FIRST_PAUSE_OF_A_SUSPECT.multipliedBy((long) Math.pow(3, this.suspicions - 1)));
			}
			return null;
		}

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
