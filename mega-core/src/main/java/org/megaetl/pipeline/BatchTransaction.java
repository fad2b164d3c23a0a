package org.megaetl.pipeline;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.event.PipelineId;
import org.megaetl.event.PositionAdvance;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.pipeline.EventRegister.KnownEvents;
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

	private final PipelineName name;

	private final PipelineId id;

	private final EventWriter writer;

	private final PipelineMetrics metrics;

	private final DataSource dataSource;

	private final PlatformTransactionManager transactions;

	private final CheckpointStore checkpoints;

	private final JdbcSink rows;

	private final DeadLetterStore deadLetters;

	private final EventRegister register;

	private final BatchSettlement settlement;

	BatchTransaction(PipelineName name, PipelineId id, RejectPolicy onReject, EventWriter writer, Sink sink,
			PipelineMetrics metrics) {
		this.name = name;
		this.id = id;
		this.writer = writer;
		this.metrics = metrics;
		this.dataSource = sink.dataSource();
		this.transactions = sink.transactions();
		this.checkpoints = sink.checkpoints();
		this.rows = sink.rows();
		this.deadLetters = sink.deadLetters();
		this.register = new EventRegister(id, onReject, sink);
		this.settlement = new BatchSettlement(id, onReject, sink);
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
		KnownEvents known = this.register.register(batch, waitForIds);
		Map<PendingEvent, Throwable> failures = writeStatements(batch, known.writable(batch), mode);
		return this.settlement.settle(batch, known, failures);
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

}
