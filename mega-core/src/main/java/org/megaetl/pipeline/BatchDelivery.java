package org.megaetl.pipeline;

import java.util.List;
import java.util.Set;

import org.megaetl.event.PipelineId;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;

/**
 * Delivers batches: each is tried until every event of it is settled, whole or in parts.
 */
final class BatchDelivery {

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

	/**
	 * Delivers a batch.
	 * @param firstMode how it is tried first
	 */
	DeliveryResult deliver(Batch batch, WriteMode firstMode, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		if (!batch.hasEffect(this.onReject)) {
			List<EventOutcome> outcomes = batch.events().stream().map(BatchDelivery::withoutEffect).toList();
			listener.settled(batch.events(), outcomes);
			return new DeliveryResult(outcomes, Set.of());
		}
		BatchAttempts attempts = new BatchAttempts(this, batch, firstMode, patience, listener);
		DeliveryResult result = null;
		while (result == null) {
			result = attempts.next();
		}
		return result;
	}

	/**
	 * Commits the parts of a batch one after the other.
	 * @param lost the parts of the source that belong to somebody else
	 */
	DeliveryResult deliverParts(Batch batch, List<Batch> parts, Set<String> lost, Patience patience,
			OutcomeListener listener) throws InterruptedException {
		PartialOutcomes outcomes = new PartialOutcomes(lost);
		IdsHeldException held = null;
		for (Batch part : parts) {
			try {
				Batch remaining = outcomes.remaining(part);
				outcomes.add(remaining, deliver(remaining, patience, listener));
			}
			catch (IdsHeldException ex) {
				// it is not to be waited for these, and no more by the other parts
				held = ex;
			}
		}
		if (held != null) {
			throw held;
		}
		return outcomes.of(batch);
	}

	/**
	 * Makes one attempt to commit a batch.
	 * @throws Exception as {@link BatchTransaction#execute} does
	 */
	List<EventOutcome> attempt(Batch batch, WriteMode mode, boolean waitForIds) throws Exception {
		List<EventOutcome> outcomes = this.transaction.execute(batch, mode, waitForIds);
		this.expectBadEvents = mode != WriteMode.TOGETHER
				&& outcomes.stream().anyMatch(EventOutcome.DeadLettered.class::isInstance);
		return outcomes;
	}

	FailureKind classify(Exception failure) {
		return this.classifier.classify(failure);
	}

	CommitLookup lookup() {
		return this.lookup;
	}

	SuspectSearch search() {
		return new SuspectSearch(this.probe::succeeds);
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

}
