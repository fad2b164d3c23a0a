package org.megaetl.benchmarks.systems;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;

/**
 * What one would write by hand to take a Redis stream: consumers of a group that write
 * what they read with statements of many rows, and acknowledge it after the commit. What
 * a crash leaves unacknowledged it would write again, were it not for the table's key.
 */
public final class StreamLoaderProgram {

	private static final int COUNT = 2000;

	private final OrderWriter writer = OrderWriter.of("multi-row");

	private final String stream = System.getProperty("stream");

	private final String group = System.getProperty("group");

	private StreamLoaderProgram() {
	}

	/**
	 * Runs the loader until it is ended.
	 * @param args none
	 */
	public static void main(String[] args) {
		StreamLoaderProgram loader = new StreamLoaderProgram();
		RedisClient client = RedisClient.create(RedisURI.create(System.getProperty("spring.data.redis.host"),
				Integer.getInteger("spring.data.redis.port")));
		for (int i = 0; i < Integer.getInteger("consumers"); i++) {
			Consumer<String> consumer = Consumer.from(loader.group, "consumer-" + i);
			new Thread(() -> loader.run(client, consumer), "loader-" + i).start();
		}
	}

	private void run(RedisClient client, Consumer<String> consumer) {
		try (Connection connection = this.writer.connect();
				StatefulRedisConnection<String, byte[]> redis = client
					.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
			connection.setAutoCommit(false);
			createGroup(redis.sync());
			while (true) {
				List<StreamMessage<String, byte[]>> entries = read(redis.sync(), consumer);
				if (!entries.isEmpty()) {
					this.writer.write(connection,
							entries.stream().map((entry) -> entry.getBody().get("payload")).toList());
					connection.commit();
					redis.sync()
						.xack(this.stream, this.group,
								entries.stream().map(StreamMessage::getId).toArray(String[]::new));
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// an array of a generic type, for the variable arguments
	@SuppressWarnings("unchecked")
	private List<StreamMessage<String, byte[]>> read(RedisCommands<String, byte[]> commands,
			Consumer<String> consumer) {
		return commands.xreadgroup(consumer, XReadArgs.Builder.count(COUNT).block(500),
				StreamOffset.lastConsumed(this.stream));
	}

	private void createGroup(RedisCommands<String, byte[]> commands) {
		try {
			commands.xgroupCreate(StreamOffset.from(this.stream, "0"), this.group, new XGroupCreateArgs());
		}
		catch (RedisBusyException ex) {
			// the other consumer was first
		}
	}

}
