package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

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
	 * The first pause between these attempts, each pause three times the one before: ten
	 * seconds in all, so that connections lost in a failover blame nobody.
	 */
	private static final long FIRST_PAUSE_OF_A_SUSPECT_MILLIS = 250;

	private static final String PROBE = "push/probe";

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final BatchTransaction transaction;

	private final Sink sink;

	private final TransactionOperations lookups;

	private volatile boolean expectBadEvents;

	BatchDelivery(PipelineId id, RejectPolicy onReject, BatchTransaction transaction, Sink sink) {
		this.id = id;
		this.onReject = onReject;
		this.transaction = transaction;
		this.sink = sink;
		this.lookups = new TransactionTemplate(sink.transactions());
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
		if (!batch.hasEffect(this.onReject)) {
			return settled(batch.events().stream().map(BatchDelivery::withoutEffect).toList(), patience);
		}
		// where the last batch had a bad event, the next is likely to have one, and an
		// isolating attempt costs a good batch nothing
		WriteMode mode = this.expectBadEvents ? WriteMode.ISOLATING : WriteMode.TOGETHER;
		int attempts = 0;
		int suspicions = 0;
		while (true) {
			try {
				List<EventOutcome> outcomes = this.transaction.execute(batch, mode);
				this.expectBadEvents = mode != WriteMode.TOGETHER
						&& outcomes.stream().anyMatch(EventOutcome.DeadLettered.class::isInstance);
				return settled(outcomes, patience);
			}
			catch (TransactionLostException | PipelineUnavailableException | InterruptedException ex) {
				throw ex;
			}
			catch (FencedException ex) {
				return deliverWithout(batch, ex, patience);
			}
			catch (Exception ex) {
				attempts++;
				boolean atCommit = ex instanceof CommitFailedException;
				// it must be known before anything else is tried
				if (ex instanceof CommitFailedException commit && isCommitted(batch, commit, patience)) {
					return settled(commit.outcomes(), patience);
				}
				FailureKind kind = this.sink.classifier().classify(ex);
				boolean toBlame = kind == FailureKind.TOO_LARGE || (kind == FailureKind.PERMANENT && atCommit);
				if (kind == FailureKind.PERMANENT && !atCommit && mode == WriteMode.TOGETHER) {
					mode = WriteMode.ISOLATING;
				}
				else if (toBlame && batch.canBeBlamed()) {
					return deliverSmaller(batch, ex, patience);
				}
				else if (isSuspect(kind, ex) && batch.canBeBlamed() && isDatabaseWell()) {
					if (kind == FailureKind.UNKNOWN && !atCommit && mode != WriteMode.PROVEN) {
						mode = WriteMode.PROVEN;
						continue;
					}
					suspicions++;
					if (batch.events().size() > 1 || (suspicions >= ATTEMPTS_OF_A_SUSPECT && !isTimeLimit(ex))) {
						return deliverSmaller(batch, ex, patience);
					}
					pause(suspicions, ex, kind, attempts, patience);
				}
				else {
					patience.await(ex, kind, attempts);
				}
			}
		}
	}

	/**
	 * Commits the halves one after the other; an event that is alone is at fault itself.
	 */
	private DeliveryResult deliverSmaller(Batch batch, Exception failure, Patience patience)
			throws InterruptedException {
		if (batch.events().size() == 1) {
			return deliver(batch.refusing(batch.events().get(0), failure), patience);
		}
		List<EventOutcome> outcomes = new ArrayList<>(batch.events().size());
		Set<String> lost = new HashSet<>();
		for (Batch part : batch.split()) {
			// what was lost in the first half is lost in the second
			DeliveryResult result = deliverWithout(part, lost, patience);
			outcomes.addAll(result.outcomes());
			lost.addAll(result.lostKeys());
		}
		return new DeliveryResult(outcomes, lost);
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

	private static DeliveryResult settled(List<EventOutcome> outcomes, Patience patience) {
		patience.settled(outcomes);
		return new DeliveryResult(outcomes, Set.of());
	}

	private boolean isCommitted(Batch batch, CommitFailedException failure, Patience patience)
			throws InterruptedException {
		for (int attempts = 1;; attempts++) {
			try {
				return Boolean.TRUE.equals(this.lookups.execute(
						(status) -> this.sink.checkpoints().isCommitted(this.id, batch.tokenKeys(), batch.token())));
			}
			catch (DataAccessException | TransactionException ex) {
				ex.addSuppressed(failure);
				patience.awaitOutcome(ex, attempts);
			}
		}
	}

	/**
	 * Gives a suspect time. Where a time limit was reached, perhaps for another's lock,
	 * that is all it will ever get.
	 */
	private static void pause(int suspicions, Exception failure, FailureKind kind, int attempts, Patience patience)
			throws InterruptedException {
		if (isTimeLimit(failure)) {
			patience.await(failure, kind, attempts);
		}
		else {
			Thread.sleep(FIRST_PAUSE_OF_A_SUSPECT_MILLIS * (long) Math.pow(3, suspicions - 1));
		}
	}

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
			.executeWithoutResult((status) -> this.sink.checkpoints().mark(this.id, PROBE, BatchToken.random()));
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
