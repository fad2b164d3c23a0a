package org.megaetl.connector.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * One connection of one reader. It is closed with the first error and never comes back:
 * what was under way is unknown then, and read again.
 *
 * @param connection the connection
 * @param commands its commands, which wait for the reply
 * @param async its commands, which do not
 */
record RedisSession(StatefulConnection<String, byte[]> connection, RedisClusterCommands<String, byte[]> commands,
		RedisClusterAsyncCommands<String, byte[]> async) implements AutoCloseable {

	/**
	 * Runs a script.
	 * @param script its text
	 * @param keys all keys it uses, in one slot
	 * @param args its arguments
	 * @return its reply
	 */
	@SuppressWarnings("NullAway")
	List<Object> eval(String script, List<String> keys, Object... args) {
		return this.commands.eval(script, ScriptOutputType.MULTI, keys.toArray(String[]::new), bytes(args));
	}

	/**
	 * Sends a command that the client does not know in this form.
	 * @param type the command
	 * @param args its arguments
	 * @return its reply
	 */
	@SuppressWarnings("NullAway")
	List<Object> send(CommandType type, CommandArgs<String, byte[]> args) {
		return this.commands.dispatch(type, new NestedMultiOutput<>(RedisClientHandle.CODEC), args);
	}

	static CommandArgs<String, byte[]> args() {
		return new CommandArgs<>(RedisClientHandle.CODEC);
	}

	static byte[][] bytes(Object... values) {
		byte[][] bytes = new byte[values.length][];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (values[i] instanceof byte[] value) ? value
					: String.valueOf(values[i]).getBytes(StandardCharsets.UTF_8);
		}
		return bytes;
	}

	static String text(@Nullable Object value) {
		return (value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
	}

	/**
	 * Returns whether a script answered 1, as it does for yes.
	 */
	static boolean isYes(Object answer) {
		return Long.valueOf(1).equals(answer);
	}

	@Override
	public void close() {
		this.connection.close();
	}

}
