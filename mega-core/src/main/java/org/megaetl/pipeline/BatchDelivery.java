package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.event.PipelineId;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.FailureKind;

import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tries a batch until every event of it is settled, and decides after each failure how to
 * go on: leave out the guilty events, commit smaller batches, or wait for the database.
 */
final class BatchDelivery {

	private final PipelineId id;

	private final RejectPolicy onReject;

	private final BatchTransaction transaction;

	private final FailureClassifiers classifier;

	private final CheckpointStore checkpoints;

	private final TransactionOperations lookups;

	private final Patience patience;

	BatchDelivery(PipelineId id, RejectPolicy onReject, BatchTransaction transaction, Sink sink, Patience patience) {
		this.id = id;
		this.onReject = onReject;
		this.transaction = transaction;
		this.classifier = sink.classifier();
		this.checkpoints = sink.checkpoints();
		this.lookups = new TransactionTemplate(sink.transactions());
		this.patience = patience;
	}

	/**
	 * Delivers a batch.
	 * @param batch the batch
	 * @return what became of each event, in order
	 * @throws InterruptedException if the pipeline is to stop; nothing is committed that
	 * has not been before
	 * @throws PipelineUnavailableException if the database does not work and the patience
	 * is over
	 * @throws FencedException if a part of the source belongs to somebody else by now
	 */
	List<EventOutcome> deliver(Batch batch) throws InterruptedException {
		if (!batch.hasEffect(this.onReject)) {
			return batch.events().stream().map(BatchDelivery::withoutEffect).toList();
		}
		boolean isolate = false;
		int attempts = 0;
		CommitFailedException unknown = null;
		while (true) {
			try {
				if (unknown != null && isCommitted(batch)) {
					return unknown.outcomes();
				}
				unknown = null;
				return this.transaction.execute(batch, isolate);
			}
			catch (FencedException | TransactionLostException | InterruptedException ex) {
				throw ex;
			}
			catch (Exception ex) {
				if (ex instanceof CommitFailedException commit) {
					unknown = commit;
				}
				FailureKind kind = this.classifier.classify(ex);
				boolean suspicious = kind == FailureKind.PERMANENT || kind == FailureKind.UNKNOWN;
				if (suspicious && !isolate && unknown == null) {
					isolate = true;
					continue;
				}
				if (kind == FailureKind.TOO_LARGE && unknown == null) {
					return deliverSmaller(batch, ex);
				}
				this.patience.await(ex, kind, ++attempts);
			}
		}
	}

	private List<EventOutcome> deliverSmaller(Batch batch, Exception failure) throws InterruptedException {
		if (batch.events().size() == 1) {
			return deliver(batch.refusing(batch.events().get(0), failure));
		}
		List<EventOutcome> outcomes = new ArrayList<>(batch.events().size());
		for (Batch part : batch.split()) {
			outcomes.addAll(deliver(part));
		}
		return outcomes;
	}

	private boolean isCommitted(Batch batch) {
		return Boolean.TRUE.equals(this.lookups
			.execute((status) -> this.checkpoints.isCommitted(this.id, batch.tokenKey(), batch.token())));
	}

	private static EventOutcome withoutEffect(PendingEvent pending) {
		Throwable refusal = pending.refusal();
		return (refusal != null) ? new EventOutcome.Rejected(BatchTransaction.messageOf(refusal))
				: new EventOutcome.Skipped();
	}

}
