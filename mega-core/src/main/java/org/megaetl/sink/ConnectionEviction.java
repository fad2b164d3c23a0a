package org.megaetl.sink;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import org.jspecify.annotations.Nullable;

/**
 * Says after which failures the pool throws a connection away. What is left to the pool
 * is whether a connection is lost: its other lists are of states and codes by which the
 * databases of other vendors say so, and a trigger's SIGNAL may have any of them.
 */
final class ConnectionEviction implements SQLExceptionOverride {

	private final @Nullable SQLExceptionOverride users;

	private final AtomicInteger evictions = new AtomicInteger();

	private volatile @Nullable HikariDataSource pool;

	/**
	 * Creates an eviction.
	 * @param users what the user wants, which goes before, or {@code null}
	 */
	ConnectionEviction(@Nullable SQLExceptionOverride users) {
		this.users = users;
	}

	/**
	 * Takes the pool, whose connections go together.
	 */
	void use(HikariDataSource pool) {
		this.pool = pool;
	}

	// Override is the answer here
	@java.lang.Override
	public Override adjudicate(SQLException failure) {
		Override wanted = (this.users != null) ? this.users.adjudicate(failure) : Override.CONTINUE_EVICT;
		if (wanted != Override.CONTINUE_EVICT) {
			return wanted;
		}
		SqlFailure said = SqlFailure.ofOne(failure);
		if (said.isReadOnly()) {
			evictAll();
			return Override.MUST_EVICT;
		}
		return said.isConnectionLost() ? Override.CONTINUE_EVICT : Override.DO_NOT_EVICT;
	}

	/**
	 * Returns how often all connections were thrown away: one from before is not to be
	 * used again, even if another pool has it.
	 */
	int evictions() {
		return this.evictions.get();
	}

	/**
	 * After a failover, all connections may lead to what was the primary, while new ones
	 * lead to what is.
	 */
	private void evictAll() {
		this.evictions.incrementAndGet();
		HikariDataSource evicted = this.pool;
		if (evicted != null) {
			evicted.getHikariPoolMXBean().softEvictConnections();
		}
	}

}
