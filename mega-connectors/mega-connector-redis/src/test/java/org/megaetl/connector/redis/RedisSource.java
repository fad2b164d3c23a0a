package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import org.megaetl.devservices.TestRedis;

/**
 * A Redis as its other clients see it.
 */
final class RedisSource implements AutoCloseable {

	private final TestRedis redis;

	private final RedisClient client;

	private final StatefulRedisConnection<String, String> connection;

	private RedisSource(TestRedis redis) {
		this.redis = redis;
		this.client = RedisClient
			.create(RedisURI.Builder.redis(redis.host(), redis.port()).withDatabase(redis.database()).build());
		this.connection = this.client.connect();
	}

	/**
	 * Use a database of the shared server.
	 */
	static RedisSource create() {
		return new RedisSource(TestRedis.create());
	}

	/**
	 * Start a server of its own.
	 */
	static RedisSource createWithOwnServer(String... args) {
		return new RedisSource(TestRedis.createWithOwnServer(args));
	}

	TestRedis redis() {
		return this.redis;
	}

	RedisCommands<String, String> commands() {
		return this.connection.sync();
	}

	RedisAsyncCommands<String, String> async() {
		return this.connection.async();
	}

	/**
	 * Returns the properties of one inbound of this Redis.
	 */
	List<String> properties(String inbound, String transformer, String... more) {
		String prefix = "mega.connectors.redis.inbound." + inbound + ".";
		List<String> properties = new ArrayList<>(List.of(this.redis.toProperties()));
		properties.add("mega.connectors.redis.enabled=true");
		properties.add(prefix + "transformer=" + transformer);
		for (String property : more) {
			properties.add(prefix + property);
		}
		return properties;
	}

	@Override
	public void close() {
		this.connection.close();
		this.client.shutdown();
		this.redis.close();
	}

}
