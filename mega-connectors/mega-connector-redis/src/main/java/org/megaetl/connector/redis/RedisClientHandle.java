package org.megaetl.connector.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * Opens connections to a Redis, standalone, found by sentinels, or a cluster. Keys are
 * UTF-8, values are bytes.
 *
 * @param client the client
 * @param timeout how long a command may take, besides what it waits
 * @param database the number of the database
 */
record RedisClientHandle(AbstractRedisClient client, Duration timeout, int database) {

	static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(new StringCodec(StandardCharsets.UTF_8),
			ByteArrayCodec.INSTANCE);

	boolean isCluster() {
		return this.client instanceof RedisClusterClient;
	}

	/**
	 * Opens a connection that nobody else uses, so that it may block.
	 * @param block the longest that a command waits
	 * @return the connection
	 */
	RedisSession open(Duration block) {
		if (this.client instanceof RedisClusterClient cluster) {
			StatefulRedisClusterConnection<String, byte[]> connection = upToDate(cluster).connect(CODEC);
			connection.setTimeout(this.timeout.plus(block));
			return new RedisSession(connection, connection.sync(), connection.async());
		}
		StatefulRedisConnection<String, byte[]> connection = ((RedisClient) this.client).connect(CODEC);
		connection.setTimeout(this.timeout.plus(block));
		return new RedisSession(connection, connection.sync(), connection.async());
	}

	/**
	 * Opens a connection for subscriptions.
	 * @return the connection
	 */
	StatefulRedisPubSubConnection<String, byte[]> openPubSub() {
		StatefulRedisPubSubConnection<String, byte[]> connection = (this.client instanceof RedisClusterClient cluster)
				? upToDate(cluster).connectPubSub(CODEC) : ((RedisClient) this.client).connectPubSub(CODEC);
		connection.setTimeout(this.timeout);
		return connection;
	}

	/**
	 * The client asks only once which node has which slots. When a connection has ended,
	 * it may be because another node has them now.
	 */
	private static RedisClusterClient upToDate(RedisClusterClient cluster) {
		cluster.refreshPartitions();
		return cluster;
	}

}
