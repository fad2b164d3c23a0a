package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.models.stream.PendingMessage;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;

/**
 * One consumer of a stream's consumer group, as commands of one connection.
 * <p>
 * A stream that is deleted and created again may use the same entry ids for other
 * entries. Nothing in Redis tells the two apart, so a mark is put into the stream: a
 * second consumer group that reads nothing, whose name is random. It lives and dies with
 * the stream, unlike a key of its own.
 */
final class StreamGroup {

	static final String FIRST = "0-0";

	/** What the names of marks begin with. */
	static final String MARK = "mega-identity:";

	/** Behind everything, so that the mark never holds back who deletes what all read. */
	private static final String LAST = "18446744073709551615-18446744073709551615";

	/** Returns whether the group was created, and the mark. */
	private static final String OPEN = """
			local groups, found, mark, created = {}, false, false, 0
			if redis.call('EXISTS', KEYS[1]) == 1 then groups = redis.call('XINFO', 'GROUPS', KEYS[1]) end
			for _, group in ipairs(groups) do
				for i = 1, #group, 2 do
					if group[i] == 'name' then
						if group[i + 1] == ARGV[1] then found = true end
						if string.sub(group[i + 1], 1, #ARGV[3]) == ARGV[3] then mark = group[i + 1] end
					end
				end
			end
			if not found then
				redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
				created = 1
			end
			if not mark then
				mark = ARGV[3] .. ARGV[4]
				redis.call('XGROUP', 'CREATE', KEYS[1], mark, ARGV[5])
			end
			return {created, mark}
			""";

	/** Removes consumers without pending entries, which would be lost with them. */
	private static final String REMOVE_IDLE = """
			local removed = 0
			for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
				local name, pending, idle
				for i = 1, #consumer, 2 do
					if consumer[i] == 'name' then name = consumer[i + 1] end
					if consumer[i] == 'pending' then pending = consumer[i + 1] end
					if consumer[i] == 'idle' then idle = consumer[i + 1] end
				end
				if pending == 0 and idle > tonumber(ARGV[3]) and name ~= ARGV[2] then
					redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
					removed = removed + 1
				end
			end
			return {removed}
			""";

	private final RedisSession session;

	private final String stream;

	private final Consumer<String> consumer;

	private String identity = "";

	StreamGroup(RedisSession session, String stream, String group, String consumer) {
		this.session = session;
		this.stream = stream;
		this.consumer = Consumer.from(group, consumer);
	}

	/**
	 * Whether an error says that the group, or the stream with it, is gone.
	 */
	static boolean isGone(RedisCommandExecutionException ex) {
		String message = String.valueOf(ex.getMessage());
		return message.contains("NOGROUP") || message.startsWith("UNBLOCKED")
				|| message.toLowerCase(Locale.ROOT).contains("no such key");
	}

	/**
	 * Creates the group, and the stream, if there is none.
	 * @param start where a group that is created begins
	 * @return whether it was created
	 */
	boolean open(String start) {
		List<Object> reply = this.session.eval(OPEN, List.of(this.stream), this.consumer.getGroup(), start, MARK,
				BatchToken.random(), LAST);
		this.identity = RedisSession.text(reply.get(1)).substring(MARK.length());
		return RedisSession.isYes(reply.get(0));
	}

	/**
	 * What tells this stream from every other that has or had its name.
	 */
	String identity() {
		return this.identity;
	}

	/**
	 * Returns the state of the group.
	 * @return the state, or {@code null} if the stream is not the one that was opened
	 */
	@Nullable State state() {
		boolean same = false;
		State state = null;
		for (Object group : this.session.commands().xinfoGroups(this.stream)) {
			Map<String, Object> info = values((List<?>) group);
			String name = RedisSession.text(info.get("name"));
			if (this.consumer.getGroup().equals(name)) {
				state = new State((Long) info.get("lag"), (Long) info.get("pending"));
			}
			same |= (MARK + this.identity).equals(name);
		}
		return same ? state : null;
	}

	/**
	 * Returns the values of an item of a reply to XINFO, by name. What Redis cannot tell
	 * is not among them.
	 */
	private static Map<String, Object> values(List<?> item) {
		Map<String, Object> values = new HashMap<>();
		for (int i = 0; i + 1 < item.size(); i += 2) {
			Object value = item.get(i + 1);
			if (value != null) {
				values.put(RedisSession.text(item.get(i)), value);
			}
		}
		return values;
	}

	/**
	 * Reads entries that nobody got yet.
	 */
	List<StreamMessage<String, byte[]>> readNew(int count, Duration block) {
		return read(XReadArgs.Builder.count(count).block(block), StreamOffset.lastConsumed(this.stream));
	}

	/**
	 * Reads entries again that this consumer got and did not acknowledge. Those that were
	 * deleted since have no fields.
	 */
	List<StreamMessage<String, byte[]>> readPending(String after, int count) {
		return read(XReadArgs.Builder.count(count), StreamOffset.from(this.stream, after));
	}

	@SuppressWarnings("unchecked")
	private List<StreamMessage<String, byte[]>> read(XReadArgs args, StreamOffset<String> offset) {
		return this.session.commands().xreadgroup(this.consumer, args, offset);
	}

	/**
	 * Returns which entries this consumer has not acknowledged, and how often it got
	 * them.
	 */
	List<PendingMessage> pending(String after, int count) {
		return this.session.commands()
			.xpending(this.stream, this.consumer,
					Range.from(Range.Boundary.excluding(after), Range.Boundary.unbounded()), Limit.from(count));
	}

	/**
	 * Takes over what others have not acknowledged for long. What was deleted is dropped
	 * by Redis.
	 * @param idle for how long
	 * @param count the most to look at
	 * @param from where to go on
	 * @return what was found
	 */
	Taken takeOver(Duration idle, int count, String from) {
		List<Object> reply = this.session.send(CommandType.XAUTOCLAIM,
				RedisSession.args()
					.addKey(this.stream)
					.addKey(this.consumer.getGroup())
					.addKey(this.consumer.getName())
					.add(idle.toMillis())
					.add(from)
					.add("COUNT")
					.add(count)
					.add("JUSTID"));
		int deleted = (reply.size() > 2 && reply.get(2) instanceof List<?> list) ? list.size() : 0;
		return new Taken(RedisSession.text(reply.get(0)), ((List<?>) reply.get(1)).size(), deleted);
	}

	/**
	 * Removes other consumers that were idle for long and have nothing pending.
	 * @return how many
	 */
	long removeIdle(Duration idle) {
		return (Long) this.session
			.eval(REMOVE_IDLE, List.of(this.stream), this.consumer.getGroup(), this.consumer.getName(), idle.toMillis())
			.get(0);
	}

	/**
	 * How far a group is.
	 *
	 * @param lag how many entries it did not get yet, {@code null} if Redis cannot tell
	 * @param pending how many it got and did not acknowledge
	 */
	record State(@Nullable Long lag, @Nullable Long pending) {

	}

	/**
	 * What was taken over.
	 *
	 * @param next where to look further; {@link #FIRST} at the end
	 * @param entries how many entries are this consumer's now
	 * @param deleted how many were deleted while they were pending
	 */
	record Taken(String next, int entries, int deleted) {

	}

}
