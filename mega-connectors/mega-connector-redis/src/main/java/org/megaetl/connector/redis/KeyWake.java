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

	/** The reader waits for the server that long, though it could read meanwhile. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** What leaves nothing to read. */
	private static final Set<String> GONE = Set.of("rename_from", "del", "expired", "evicted", "expire", "persist");

	private final RedisClientHandle client;

	private final String pattern;

	private final Schedule checks = new Schedule(ChannelReader.PINGS);

	private final Semaphore written = new Semaphore(0);

	private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;

	KeyWake(RedisClientHandle client, String pattern) {
		this.client = client;
		this.pattern = "__keyspace@" + client.database() + "__:" + pattern;
	}

	/**
	 * Listens if it does not yet, or if the server, or something on the way, has ended
	 * that.
	 */
	private void listen() {
		try {
			if (this.connection != null && this.connection.isOpen()) {
				ChannelReader.ping(this.connection);
				return;
			}
		}
		catch (RedisException ex) {
			logger.debug("The subscription to keyspace notifications does not answer", ex);
		}
		close();
		try {
			this.connection = subscribe();
			// nobody told what was written before
			this.written.release();
		}
		catch (RedisException ex) {
			logger.debug("Keyspace notifications cannot be listened to", ex);
		}
	}

	private StatefulRedisPubSubConnection<String, byte[]> subscribe() {
		StatefulRedisPubSubConnection<String, byte[]> connection = this.client.openPubSub();
		try {
			if (connection.getTimeout().compareTo(TIMEOUT) > 0) {
				connection.setTimeout(TIMEOUT);
			}
			connection.addListener(this);
			connection.sync().psubscribe(this.pattern);
			return connection;
		}
		catch (RedisException ex) {
			connection.close();
			throw ex;
		}
	}

	@Override
	public void message(String pattern, String channel, byte[] message) {
		if (!GONE.contains(RedisSession.text(message)) && !channel.contains(ClaimSettings.INFIX)
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
		if (!this.client.isCluster() && this.checks.isDue()) {
			listen();
		}
		boolean woken = this.written.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
		this.written.drainPermits();
		return woken;
	}

	@Override
	public void close() {
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
	}

}
