package org.megaetl.schema;

import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Waits at start until the database can be reached, so that an application that comes up
 * before its database does not end and be restarted again and again. The first of the
 * beans that initialize the database.
 */
final class DatabaseAwaiter implements InitializingBean {

	private static final Log logger = LogFactory.getLog(DatabaseAwaiter.class);

	private static final long FIRST_DELAY_MILLIS = 250;

	private static final long LONGEST_DELAY_MILLIS = 5000;

	private final DataSource dataSource;

	private final Duration patience;

	private volatile @Nullable ConnectionFailure lastFailure;

	/**
	 * Creates an awaiter.
	 * @param dataSource the data source to wait for
	 * @param patience how long to wait; zero fails at once
	 */
	DatabaseAwaiter(DataSource dataSource, Duration patience) {
		this.dataSource = dataSource;
		this.patience = patience;
	}

	@Override
	public void afterPropertiesSet() {
		ConnectionAttempts attempts = new ConnectionAttempts(this.dataSource);
		CompletableFuture<Void> arrival = new CompletableFuture<>();
		// a thread of its own, since connecting cannot be interrupted; and no timeout in
		// the call below: closing the context interrupts a start that waits without one
		Thread thread = new Thread(() -> attempt(attempts, arrival), "mega-database-awaiter");
		thread.setDaemon(true);
		thread.start();
		if (!this.patience.isZero()) {
			arrival.orTimeout(this.patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		try {
			arrival.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InvalidConfigurationException(
					"The application was stopped while it waited for the database %s.".formatted(attempts.place()),
					"Start the database, or correct 'spring.datasource.url' (or DATABASE_URL).", ex);
		}
		catch (ExecutionException ex) {
			throw failure(attempts, ex.getCause());
		}
		finally {
			arrival.cancel(false);
		}
	}

	private void attempt(ConnectionAttempts attempts, CompletableFuture<Void> arrival) {
		try {
			if (connected(attempts)) {
				arrival.complete(null);
				return;
			}
			if (arrival.isDone()) {
				return;
			}
			logger.warn("The database %s cannot be reached, waiting for it for up to %s: %s".formatted(attempts.place(),
					readable(this.patience), lastMessage(attempts)));
			long start = System.nanoTime();
			ExponentialBackOff backOff = new ExponentialBackOff(FIRST_DELAY_MILLIS, 2);
			backOff.setMaxInterval(LONGEST_DELAY_MILLIS);
			BackOffExecution delays = backOff.start();
			while (!ended(arrival, delays.nextBackOff())) {
				if (connected(attempts) && arrival.complete(null)) {
					logger.info("The database %s has come after %d seconds".formatted(attempts.place(),
							Duration.ofNanos(System.nanoTime() - start).toSeconds()));
				}
			}
		}
		catch (Throwable ex) {
			arrival.completeExceptionally(ex);
		}
	}

	// pauses between two attempts, but not for longer than somebody waits for the outcome
	private static boolean ended(CompletableFuture<Void> arrival, long delayMillis) throws InterruptedException {
		try {
			arrival.get(delayMillis, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (ExecutionException | CancellationException ex) {
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private boolean connected(ConnectionAttempts attempts) throws SQLException {
		try {
			attempts.connect();
			return true;
		}
		catch (SQLException ex) {
			ConnectionFailure failure = new ConnectionFailure(ex);
			this.lastFailure = failure;
			if (this.patience.isZero() || !failure.isTemporary()) {
				throw ex;
			}
			return false;
		}
	}

	private RuntimeException failure(ConnectionAttempts attempts, @Nullable Throwable cause) {
		if (cause instanceof TimeoutException) {
			return unreachable(attempts, "within " + readable(this.patience));
		}
		if (cause instanceof SQLException ex) {
			ConnectionFailure failure = new ConnectionFailure(ex);
			if (failure.isTemporary()) {
				return unreachable(attempts, "at start");
			}
			return new InvalidConfigurationException("The database %s refused the connection: %s"
				.formatted(attempts.place(), attempts.withoutSecrets(failure.message())), failure.action());
		}
		return new IllegalStateException("Connecting to the database %s failed".formatted(attempts.place()), cause);
	}

	private InvalidConfigurationException unreachable(ConnectionAttempts attempts, String when) {
		return new InvalidConfigurationException(
				"The database %s could not be reached %s: %s".formatted(attempts.place(), when, lastMessage(attempts)),
				"Start the database, correct 'spring.datasource.url' (or DATABASE_URL), or set "
						+ "'mega.schema.wait-for-database' to a longer time.");
	}

	private String lastMessage(ConnectionAttempts attempts) {
		ConnectionFailure failure = this.lastFailure;
		return (failure != null) ? attempts.withoutSecrets(failure.message()) : "it does not answer";
	}

	private static String readable(Duration duration) {
		ChronoUnit unit = (duration.toMillis() % 1000 != 0) ? ChronoUnit.MILLIS
				: (duration.toSeconds() % 60 != 0) ? ChronoUnit.SECONDS : ChronoUnit.MINUTES;
		return DurationStyle.SIMPLE.print(duration, unit);
	}

}
