package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes a reader of keys early when one of them was written, where the server sends
 * keyspace notifications. Where it sends none, or does not let this user listen, nothing
 * is lost but time. A cluster's node would tell of its own keys only: there it is not
 * tried.
 */
final class KeyWake extends RedisPubSubAdapter<String, byte[]> implements ClaimingReader.Begun {

	private static final Logger logger = LoggerFactory.getLogger(KeyWake.class);

	/** What leaves nothing to read. */
	private static final Set<String> GONE = Set.of("rename_from", "del", "expired", "evicted", "expire", "persist");

	private final Semaphore written = new Semaphore(0);

	private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;

	/**
	 * Listens to what happens to keys.
	 */
	static KeyWake of(RedisClientHandle client, String pattern) {
		KeyWake wake = new KeyWake();
		if (!client.isCluster()) {
			try {
				StatefulRedisPubSubConnection<String, byte[]> connection = client.openPubSub();
				wake.connection = connection;
				connection.addListener(wake);
				connection.sync().psubscribe("__keyspace@" + client.database() + "__:" + pattern);
			}
			catch (RedisException ex) {
				logger.debug("Keyspace notifications cannot be listened to", ex);
			}
		}
		return wake;
	}

	@Override
	public void message(String pattern, String channel, byte[] message) {
		if (!GONE.contains(String.valueOf(RedisSession.text(message))) && !channel.contains(ClaimSettings.INFIX)
				&& this.written.availablePermits() == 0) {
			this.written.release();
		}
	}

	/**
	 * Waits for a notification.
	 * @param timeout how long at most
	 * @return whether there was one
	 */
	boolean await(Duration timeout) throws InterruptedException {
		boolean woken = this.written.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
		this.written.drainPermits();
		return woken;
	}

	@Override
	public void close() {
		if (this.connection != null) {
			this.connection.close();
		}
	}

}
