package org.megaetl.pipeline;

import java.util.concurrent.atomic.AtomicReference;

import org.megaetl.event.PipelineId;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.TransactionLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Looks up by its token whether a batch was committed although its attempt failed, on
 * another connection and for as long as the database is away. Until that is known the
 * batch must not be given another token, nor anybody told that it was not written: its
 * positions and ids would be taken for those of somebody else.
 */
final class CommitLookup {

	private static final Logger logger = LoggerFactory.getLogger(CommitLookup.class);

	private final PipelineId id;

	private final Sink sink;

	private final TransactionOperations transactions;

	CommitLookup(PipelineId id, Sink sink) {
		this.id = id;
		this.sink = sink;
		this.transactions = new SinkTransactions(sink.transactions());
	}

	/**
	 * Returns whether the commit of a batch took place although it failed.
	 * @param batch the batch
	 * @param failure what the commit failed with
	 * @param patience decides how long to wait for the database
	 */
	boolean isCommitted(Batch batch, CommitFailedException failure, Patience patience) throws InterruptedException {
		for (int attempts = 1;; attempts++) {
			try {
				return Boolean.TRUE.equals(this.transactions.execute((status) -> isStored(batch)));
			}
			catch (DataAccessException | TransactionException ex) {
				ex.addSuppressed(failure);
				patience.awaitOutcome(ex, attempts);
			}
		}
	}

	/**
	 * Takes back what keeps the events of a batch from being written, its positions and
	 * ids, if a statement has committed the batch before all of it was written. Where
	 * another reader has taken over since, it is believed that none has.
	 * @param batch the batch
	 * @param sign what the attempt failed with
	 * @param patience decides how to wait for the database
	 * @throws CommittedByStatementException if it was committed
	 */
	void takeBackIfCommitted(Batch batch, Exception sign, Patience patience) throws InterruptedException {
		if (lookUpAndTakeBack(batch, sign, patience) == Outcome.COMMITTED) {
			throw CommittedByStatementException.takenBack(sign);
		}
	}

	/**
	 * Takes back what keeps the events of a batch from being written, its positions and
	 * ids, unless the statement that has ended the transaction has rolled it back.
	 * @param batch the batch
	 * @param lost what the attempt failed with
	 * @param patience decides how to wait for the database
	 * @throws CommittedByStatementException if it was committed, or that cannot be known
	 * any more
	 */
	void takeBackUnlessRolledBack(Batch batch, TransactionLostException lost, Patience patience)
			throws InterruptedException {
		switch (lookUpAndTakeBack(batch, lost, patience)) {
			case COMMITTED -> throw CommittedByStatementException.takenBack(lost);
			case UNKNOWN -> throw CommittedByStatementException.perhaps(lost);
			case NOT_COMMITTED -> logger.debug("A statement has rolled the batch back", lost);
		}
	}

	/**
	 * Puts back the positions and deletes the ids of a batch, if it was committed.
	 */
	private Outcome lookUpAndTakeBack(Batch batch, Exception sign, Patience patience) throws InterruptedException {
		AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.UNKNOWN);
		for (int attempts = 1;; attempts++) {
			try {
				this.transactions.executeWithoutResult((status) -> {
					// an attempt of unknown outcome may have taken back the token, too
					if (outcome.get() != Outcome.COMMITTED) {
						outcome.set(find(batch));
					}
					if (outcome.get() == Outcome.COMMITTED) {
						this.sink.checkpoints().takeBack(this.id, batch.advances(), batch.token());
						this.sink.inbox().forget(this.id, batch.source(), batch.token());
					}
				});
				return outcome.get();
			}
			catch (DataAccessException | TransactionException ex) {
				ex.addSuppressed(sign);
				awaitDatabase(ex, attempts, patience);
			}
		}
	}

	private Outcome find(Batch batch) {
		if (isStored(batch)) {
			return Outcome.COMMITTED;
		}
		return this.sink.checkpoints().isUnmoved(this.id, batch.advances()) ? Outcome.NOT_COMMITTED : Outcome.UNKNOWN;
	}

	private boolean isStored(Batch batch) {
		return this.sink.checkpoints().isCommitted(this.id, batch.tokenKeys(), batch.token());
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
			Thread.sleep(Patience.beforeLookUp(attempts).toMillis());
		}
	}

	/**
	 * What became of a transaction.
	 */
	private enum Outcome {

		COMMITTED,

		NOT_COMMITTED,

		/** Another reader has moved its positions on, from wherever they were. */
		UNKNOWN

	}

}
