package org.megaetl.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/**
 * Holds batches at a {@link FaultPoint}, so that the application can be killed or stopped
 * just there.
 */
class FaultPoints implements BeanPostProcessor {

	/**
	 * What is logged when a batch is held, followed by the point.
	 */
	static final String HELD = "A batch is held at ";

	private static final Logger logger = LoggerFactory.getLogger(FaultPoints.class);

	private @Nullable FaultPoint point;

	private int held;

	FaultPoints(@Nullable FaultPoint point) {
		this.point = point;
	}

	synchronized void hold(FaultPoint point) {
		this.point = point;
	}

	synchronized void release() {
		this.point = null;
		notifyAll();
	}

	synchronized boolean isHolding() {
		return this.held > 0;
	}

	synchronized boolean isArmed(FaultPoint point) {
		return this.point == point;
	}

	/**
	 * Passes a point, or waits there for as long as it is held.
	 */
	synchronized void pass(FaultPoint passed) throws InterruptedException {
		if (this.point != passed) {
			return;
		}
		this.held++;
		logger.info(HELD + passed);
		try {
			while (this.point == passed) {
				wait();
			}
		}
		finally {
			this.held--;
		}
	}

	/**
	 * Passes a point like a driver that waits for its database: interrupts come later.
	 */
	private void passUninterrupted(FaultPoint passed) {
		boolean interrupted = false;
		while (true) {
			try {
				pass(passed);
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Sink sink) {
			return new Sink(sink.dataSource(), new Transactions(sink.dataSource(), sink.transactions()), sink.rows(),
					sink.checkpoints(), sink.inbox(), sink.deadLetters(), sink.classifier());
		}
		return bean;
	}

	/**
	 * The engine's transactions, observed.
	 */
	private final class Transactions implements PlatformTransactionManager {

		private final DataSource dataSource;

		private final PlatformTransactionManager delegate;

		Transactions(DataSource dataSource, PlatformTransactionManager delegate) {
			this.dataSource = dataSource;
			this.delegate = delegate;
		}

		@Override
		public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
			return this.delegate.getTransaction(definition);
		}

		@Override
		public void commit(TransactionStatus status) {
			boolean armed = isArmed(FaultPoint.BEFORE_COMMIT) || isArmed(FaultPoint.AFTER_COMMIT);
			boolean batch = armed && isBatch();
			if (batch) {
				passUninterrupted(FaultPoint.BEFORE_COMMIT);
			}
			this.delegate.commit(status);
			if (batch) {
				passUninterrupted(FaultPoint.AFTER_COMMIT);
			}
		}

		@Override
		public void rollback(TransactionStatus status) {
			this.delegate.rollback(status);
		}

		/**
		 * Whether the transaction has rows of events, which others do not see yet. The
		 * engine has other transactions as well.
		 */
		private boolean isBatch() {
			Connection connection = DataSourceUtils.getConnection(this.dataSource);
			try (Connection other = this.dataSource.getConnection()) {
				boolean batch = rows(connection) > rows(other);
				other.rollback();
				return batch;
			}
			catch (SQLException ex) {
				throw new IllegalStateException("The transaction cannot be observed", ex);
			}
		}

		private static long rows(Connection connection) throws SQLException {
			try (Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + AuditTransformer.TABLE)) {
				rows.next();
				return rows.getLong(1);
			}
		}

	}

}
