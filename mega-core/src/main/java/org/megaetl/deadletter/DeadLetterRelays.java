package org.megaetl.deadletter;

import java.time.Clock;
import java.util.List;

import javax.sql.DataSource;

import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.Utc;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/**
 * Says which dead letters have not been sent anywhere else yet, where a pipeline is to
 * send them. Each is marked, and not only the highest id remembered: ids are not
 * committed in their order.
 */
public final class DeadLetterRelays {

	private final JdbcClient jdbc;

	private final PlatformTransactionManager transactions;

	private final String namespace;

	private final Clock clock;

	/**
	 * Creates the service.
	 * @param dataSource the sink's data source
	 * @param transactions its transactions
	 * @param namespace the application
	 * @param clock the time
	 */
	public DeadLetterRelays(DataSource dataSource, PlatformTransactionManager transactions, String namespace,
			Clock clock) {
		this.jdbc = JdbcClient.create(dataSource);
		this.transactions = transactions;
		this.namespace = namespace;
		this.clock = clock;
	}

	/**
	 * Returns whether there are dead letters to send.
	 * @param pipeline what the state of the pipeline is kept under
	 * @return whether there are
	 */
	public boolean areAny(String pipeline) {
		return !candidates(pipeline, 1).isEmpty();
	}

	/**
	 * Sends some dead letters, the oldest first, and marks those that were. Another
	 * replica that does the same waits, and finds others. If the application ends in
	 * between, they are sent again.
	 * @param pipeline what the state of the pipeline is kept under
	 * @param limit the most to send
	 * @param relay sends those with the ids it is given; what it throws leaves them to be
	 * sent
	 * @return how many were marked
	 * @throws InterruptedException if the thread is to stop
	 */
	public int relay(String pipeline, int limit, Relay relay) throws InterruptedException {
		TransactionStatus transaction = this.transactions.getTransaction(new DefaultTransactionDefinition());
		try {
			List<Long> ids = lock(candidates(pipeline, limit));
			List<Long> sent = ids.isEmpty() ? ids : relay.send(ids);
			if (!sent.isEmpty()) {
				this.jdbc.sql("UPDATE mega_dead_letter SET relayed_at = :now WHERE id IN (:ids)")
					.param("now", Utc.of(this.clock.instant()))
					.param("ids", sent)
					.update();
			}
			this.transactions.commit(transaction);
			return sent.size();
		}
		catch (InterruptedException | RuntimeException | Error ex) {
			if (!transaction.isCompleted()) {
				SinkTransactions.rollback(this.transactions, transaction, ex);
			}
			throw ex;
		}
	}

	// without locks, as a range that is locked includes what a batch may be writing
	private List<Long> candidates(String pipeline, int limit) {
		return this.jdbc
			.sql("SELECT id FROM mega_dead_letter WHERE namespace = ? AND pipeline = ? AND relayed_at IS NULL "
					+ "ORDER BY id LIMIT " + limit)
			.params(this.namespace, pipeline)
			.query((row, number) -> row.getLong(1))
			.list();
	}

	private List<Long> lock(List<Long> ids) {
		return ids.isEmpty() ? ids
				: this.jdbc
					.sql("SELECT id FROM mega_dead_letter FORCE INDEX (PRIMARY) WHERE id IN (:ids) "
							+ "AND relayed_at IS NULL ORDER BY id FOR UPDATE")
					.param("ids", ids)
					.query((row, number) -> row.getLong(1))
					.list();
	}

	/**
	 * Sends dead letters.
	 */
	@FunctionalInterface
	public interface Relay {

		/**
		 * Sends dead letters, and returns when it is known which have arrived.
		 * @param ids their ids
		 * @return those that need not be sent again
		 * @throws InterruptedException if the thread is to stop
		 */
		List<Long> send(List<Long> ids) throws InterruptedException;

	}

}
