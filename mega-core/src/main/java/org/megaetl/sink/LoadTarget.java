package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a table that rows are loaded into, and whether it is worth trying to.
 * Threads may miss what another one just learnt: that only costs time.
 */
final class LoadTarget {

	private static final Logger logger = LoggerFactory.getLogger(LoadTarget.class);

	/** How long the catalogue's word is taken, in nanoseconds. */
	static final long MAX_AGE = TimeUnit.MINUTES.toNanos(1);

	private static final int LONGEST_PAUSE = 256;

	private final int firstPause;

	private volatile @Nullable LoadTable table;

	private volatile long readAt;

	/** How often rows of the table are still inserted after some were refused. */
	private volatile int paused;

	private volatile int nextPause;

	LoadTarget(int firstPause) {
		this.firstPause = firstPause;
		this.nextPause = firstPause;
	}

	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	boolean isPaused() {
		int left = this.paused;
		if (left > 0) {
			this.paused = left - 1;
		}
		return left > 0;
	}

	void settled(boolean loaded) {
		if (loaded) {
			this.nextPause = this.firstPause;
		}
		else {
			this.paused = this.nextPause;
			this.nextPause = Math.min(LONGEST_PAUSE, 2 * this.nextPause);
		}
	}

	LoadTable table(Connection connection, String name) throws SQLException {
		LoadTable current = this.table;
		if (current == null || System.nanoTime() - this.readAt > MAX_AGE) {
			current = read(connection, name);
			if (current.obstacle() != null) {
				logger.debug("Rows of table '{}' are inserted and not loaded: {}", name, current.obstacle());
			}
			this.readAt = System.nanoTime();
			this.table = current;
		}
		return current;
	}

	/**
	 * Without the catalogue rows can be inserted as well.
	 */
	private static LoadTable read(Connection connection, String name) throws SQLException {
		try {
			return LoadTable.read(connection, name);
		}
		catch (SQLException ex) {
			if (RowLoader.endsTransaction(ex)) {
				throw ex;
			}
			return LoadTable.none("the catalogue cannot be read: " + SqlFailure.describe(ex));
		}
	}

	void forget() {
		this.table = null;
	}

}
