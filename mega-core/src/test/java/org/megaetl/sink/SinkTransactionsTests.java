package org.megaetl.sink;

import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SinkTransactions}.
 */
class SinkTransactionsTests {

	private final DeadConnection connection = new DeadConnection();

	private final SinkTransactions transactions = new SinkTransactions(this.connection);

	@Test
	void throwsWhatTheWorkFailedWithWhereTheConnectionIsDead() {
		assertThatExceptionOfType(DataAccessResourceFailureException.class)
			.isThrownBy(() -> this.transactions.executeWithoutResult((status) -> {
				throw new DataAccessResourceFailureException("the connection is closed");
			}))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.isInstanceOf(TransactionSystemException.class));
	}

	@Test
	void commitsWhatWorks() {
		assertThat(this.transactions.<String>execute((status) -> "done")).isEqualTo("done");
		assertThat(this.connection.commits).isEqualTo(1);
	}

	private static final class DeadConnection extends AbstractPlatformTransactionManager {

		private int commits;

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.commits++;
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			throw new TransactionSystemException("JDBC rollback failed");
		}

	}

}
