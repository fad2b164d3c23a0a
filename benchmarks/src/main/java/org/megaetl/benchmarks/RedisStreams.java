package org.megaetl.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.devservices.TestRedis;

/**
 * A Redis as the systems under test find it.
 */
final class RedisStreams implements AutoCloseable {

	private static final int AT_ONCE = 5000;

	private final TestRedis redis = TestRedis.createWithOwnServer();

	private final RedisClient client = RedisClient.create(RedisURI.create(this.redis.host(), this.redis.port()));

	/**
	 * Creates a stream of orders in the place of the one before.
	 * @param stream the stream's name
	 * @param events the number of orders
	 */
	void fill(String stream, int events) {
		try (StatefulRedisConnection<String, byte[]> connection = this.client
			.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
			connection.sync().del(stream);
			List<RedisFuture<String>> added = new ArrayList<>(AT_ONCE);
			for (int i = 0; i < events; i++) {
				added.add(connection.async().xadd(stream, Map.of("payload", Orders.json(i))));
				if (added.size() == AT_ONCE || i == events - 1) {
					if (!LettuceFutures.awaitAll(1, TimeUnit.MINUTES, added.toArray(RedisFuture[]::new))) {
						throw new IllegalStateException(stream + " was not filled within a minute");
					}
					added.clear();
				}
			}
			if (connection.sync().xlen(stream) != events) {
				throw new IllegalStateException(stream + " has not " + events + " entries");
			}
		}
	}

	/**
	 * Returns how many entries of a stream a group has not read, or not acknowledged.
	 */
	long left(String stream, String group) {
		try (StatefulRedisConnection<String, String> connection = this.client.connect()) {
			connection.setTimeout(Duration.ofSeconds(10));
			for (Object info : connection.sync().xinfoGroups(stream)) {
				List<?> fields = (List<?>) info;
				Map<Object, Object> values = new HashMap<>();
				for (int i = 0; i < fields.size(); i += 2) {
					values.put(fields.get(i), fields.get(i + 1));
				}
				if (group.equals(values.get("name"))) {
					return (Long) values.getOrDefault("pending", 0L)
							+ ((values.get("lag") instanceof Long lag) ? lag : 0);
				}
			}
			throw new IllegalStateException(stream + " has no group " + group);
		}
	}

	/**
	 * Returns the properties of a program that uses it.
	 */
	Map<String, String> properties() {
		return Map.of("spring.data.redis.host", this.redis.host(), "spring.data.redis.port",
				String.valueOf(this.redis.port()));
	}

	String version() {
		try (StatefulRedisConnection<String, String> connection = this.client.connect()) {
			return connection.sync()
				.info("server")
				.lines()
				.filter((line) -> line.startsWith("redis_version:"))
				.map((line) -> line.substring(line.indexOf(':') + 1))
				.findFirst()
				.orElse("?");
		}
	}

	@Override
	public void close() {
		this.client.shutdown();
		this.redis.close();
	}

}
