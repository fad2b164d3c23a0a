package org.megaetl.pipeline;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.PipelineId;
import org.megaetl.sink.SinkTransactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tries whether the database works: whether a transaction that writes is committed, on
 * another connection than that of a batch that was not.
 */
final class DatabaseProbe {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseProbe.class);

	private final PipelineId id;

	private final Sink sink;

	private final TransactionOperations transactions;

	/**
	 * The row that it writes: of another replica's it could wait for the lock.
	 */
	private final String key = "push/probe/" + BatchToken.random();

	DatabaseProbe(PipelineId id, Sink sink) {
		this.id = id;
		this.sink = sink;
		this.transactions = new SinkTransactions(sink.transactions());
	}

	/**
	 * Commits a transaction that writes, or throws what it fails with.
	 */
	void run() {
		this.transactions
			.executeWithoutResult((status) -> this.sink.checkpoints().mark(this.id, this.key, BatchToken.random()));
	}

	boolean succeeds() {
		try {
			run();
			return true;
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The probe failed", ex);
			return false;
		}
	}

}
