package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import org.jspecify.annotations.Nullable;

/**
 * Reads, claims and settles keys, each by itself, as they need not be in one slot of a
 * cluster, but all of a batch at once.
 */
final class KeyValues {

	/**
	 * Claimed, a key does not expire any more: it would be lost. What has the second name
	 * already is there because the claim was given up. A key that cannot be read, as one
	 * of a type whose command the user may not call, must not be claimed: it would hold
	 * up all others for ever.
	 */
	private static final String READ = """
			if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then return {'none'} end
			local kind = redis.call('TYPE', KEYS[1])['ok']
			local command = ({hash = 'HGETALL', string = 'GET', ['ReJSON-RL'] = 'JSON.GET'})[kind]
			if not command then return {kind} end
			local value = redis.pcall(command, KEYS[1])
			if type(value) == 'table' and value.err then return {kind, false, value.err} end
			if KEYS[2] then
				redis.call('RENAME', KEYS[1], KEYS[2])
				redis.call('PERSIST', KEYS[2])
			end
			return {kind, value}
			""";

	/**
	 * Reads a key that was claimed before. One that was not must not be claimed any more,
	 * by a command that is still on its way: nobody would find it. So a set, which nobody
	 * reads, takes its place.
	 */
	private static final String REOPEN = """
			local kind = redis.call('TYPE', KEYS[1])['ok']
			if kind == 'none' then
				redis.call('SADD', KEYS[1], 'given up')
				redis.call('EXPIRE', KEYS[1], 86400)
				return {kind}
			end
			if kind == 'hash' then return {kind, redis.call('HGETALL', KEYS[1])} end
			if kind == 'string' then return {kind, redis.call('GET', KEYS[1])} end
			if kind == 'ReJSON-RL' then return {kind, redis.call('JSON.GET', KEYS[1])} end
			return {'none'}
			""";

	private static final String RENAME = """
			if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('RENAME', KEYS[1], KEYS[2]) end
			return {}
			""";

	/** What Redis says of a key that the user may not access, and not of a command. */
	private static final Pattern KEY_DENIED = Pattern.compile("NOPERM .*access .*\\bkeys?\\b.*");

	private final RedisSession session;

	KeyValues(RedisSession session) {
		this.session = session;
	}

	/**
	 * Reads keys, and claims them if they have a second name.
	 * @param keys for each, its name, and the name it gets if it is to be claimed
	 * @return the values, in order
	 */
	List<Value> read(List<String[]> keys) throws InterruptedException {
		List<RedisFuture<List<Object>>> replies = eval(READ, keys);
		List<Value> values = new ArrayList<>(keys.size());
		for (int i = 0; i < keys.size(); i++) {
			try {
				values.add(value(await(replies.get(i))));
			}
			catch (RedisCommandExecutionException ex) {
				if (!mayNotAccess(keys.get(i)[0], ex)) {
					throw ex;
				}
				values.add(new Value("unknown", null, ex.getMessage()));
			}
		}
		return values;
	}

	/**
	 * Whether it is the key that the user may not access, and not the name it would have
	 * been claimed with, without which no key can be claimed.
	 */
	private boolean mayNotAccess(String name, RedisCommandExecutionException failure) throws InterruptedException {
		if (!KEY_DENIED.matcher(String.valueOf(failure.getMessage())).matches()) {
			return false;
		}
		try {
			await(this.session.async().eval("return {}", ScriptOutputType.MULTI, new String[] { name }));
			return false;
		}
		catch (RedisCommandExecutionException ex) {
			return KEY_DENIED.matcher(String.valueOf(ex.getMessage())).matches();
		}
	}

	/**
	 * Reads keys by the names they were claimed with. Those that were not claimed cannot
	 * be any more afterwards.
	 * @param claimed the names
	 * @return the values, in order
	 */
	List<Value> reopen(List<String> claimed) throws InterruptedException {
		List<Value> values = new ArrayList<>(claimed.size());
		for (RedisFuture<List<Object>> reply : eval(REOPEN,
				claimed.stream().map((name) -> new String[] { name }).toList())) {
			values.add(value(await(reply)));
		}
		return values;
	}

	void delete(List<String> names) throws InterruptedException {
		List<RedisFuture<Long>> replies = names.stream().map((name) -> this.session.async().unlink(name)).toList();
		for (RedisFuture<Long> reply : replies) {
			await(reply);
		}
	}

	/**
	 * Renames keys that are still there.
	 */
	void rename(List<String[]> keys) throws InterruptedException {
		for (RedisFuture<List<Object>> reply : eval(RENAME, keys)) {
			await(reply);
		}
	}

	private List<RedisFuture<List<Object>>> eval(String script, List<String[]> keys) {
		List<RedisFuture<List<Object>>> replies = new ArrayList<>(keys.size());
		for (String[] each : keys) {
			replies.add(this.session.async().eval(script, ScriptOutputType.MULTI, each));
		}
		return replies;
	}

	/**
	 * Returns which keys there are.
	 */
	List<Boolean> exist(List<String> names) throws InterruptedException {
		List<RedisFuture<Long>> replies = names.stream().map((name) -> this.session.async().exists(name)).toList();
		List<Boolean> exist = new ArrayList<>(names.size());
		for (RedisFuture<Long> reply : replies) {
			exist.add(await(reply) > 0);
		}
		return exist;
	}

	private <T> T await(RedisFuture<T> reply) throws InterruptedException {
		try {
			return reply.toCompletableFuture()
				.get(this.session.connection().getTimeout().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw new RedisCommandTimeoutException(
					"Redis has not answered in " + this.session.connection().getTimeout());
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RedisException failure) ? failure : new RedisException(ex.getCause());
		}
	}

	private static Value value(List<Object> reply) {
		String type = RedisSession.text(reply.get(0));
		if (reply.size() != 2) {
			return new Value(type, null, (reply.size() > 2) ? RedisSession.text(reply.get(2)) : null);
		}
		if (reply.get(1) instanceof List<?> flat) {
			Map<String, byte[]> fields = new LinkedHashMap<>();
			for (int i = 0; i + 1 < flat.size(); i += 2) {
				fields.put(RedisSession.text(flat.get(i)), (byte[]) flat.get(i + 1));
			}
			return new Value(type, StreamEntries.json(fields), null);
		}
		return new Value(type, (byte[]) reply.get(1), null);
	}

	/**
	 * What a key holds.
	 *
	 * @param type its type in Redis; {@code none} if it does not exist
	 * @param payload the payload of its event, or {@code null} if none can be made of it
	 * @param error why it could not be read, or {@code null} if it could
	 */
	record Value(String type, byte @Nullable [] payload, @Nullable String error) {

		boolean isMissing() {
			return this.type.equals("none");
		}

	}

}
