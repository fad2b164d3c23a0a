package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledges entries of a stream, and deletes those that are not needed any more: never
 * one that a consumer group has not acknowledged, or not even got yet.
 */
final class StreamCleanup {

	private static final Logger logger = LoggerFactory.getLogger(StreamCleanup.class);

	/** The most entries that are deleted in one go, as Redis does nothing else then. */
	private static final int STEP = 1000;

	private static final Duration TRIM_INTERVAL = Duration.ofSeconds(1);

	/** Acknowledges only. */
	private static final String KEEP = "keep";

	/** Deletes too, what all groups have acknowledged. */
	private static final String DELETE_ACKNOWLEDGED = "delete-acknowledged";

	/**
	 * Deletes too, if there is no other group: where the server cannot tell what all
	 * groups have acknowledged.
	 */
	private static final String DELETE_UNSHARED = "delete-unshared";

	/**
	 * Only in the stream that the entries are of: one that was created since under its
	 * name may have others with their ids. Returns whether it is that stream, and whether
	 * it has other groups. ARGV: the group, the prefix of marks, the mark, the mode, the
	 * ids.
	 */
	private static final String ACKNOWLEDGE = """
			local same, shared = 0, 0
			if redis.call('EXISTS', KEYS[1]) == 0 then return {same, shared} end
			for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
				for i = 1, #group, 2 do
					if group[i] == 'name' then
						if group[i + 1] == ARGV[3] then same = 1 end
						local marked = string.sub(group[i + 1], 1, #ARGV[2]) == ARGV[2]
						if group[i + 1] ~= ARGV[1] and not marked then shared = 1 end
					end
				end
			end
			if same == 0 then return {same, shared} end
			for i = 5, #ARGV, 1000 do
				local last = math.min(i + 999, #ARGV)
				if ARGV[4] == 'delete-acknowledged' then
					redis.call('XACKDEL', KEYS[1], ARGV[1], 'ACKED', 'IDS', last - i + 1, unpack(ARGV, i, last))
				else
					redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, i, last))
					if ARGV[4] == 'delete-unshared' and shared == 0 then
						redis.call('XDEL', KEYS[1], unpack(ARGV, i, last))
					end
				end
			end
			return {same, shared}
			""";

	/**
	 * Deletes from the beginning, up to the first entry that some group still needs or
	 * that is to be kept. Without the group nothing is known of what it needs. ARGV: the
	 * length to keep or -1, the milliseconds to keep or -1, the most entries to delete,
	 * the prefix of marks, the group.
	 */
	private static final String TRIM = """
			if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
			local function less(a, b)
				local am, as = string.match(a, '(%d+)-(%d+)')
				local bm, bs = string.match(b, '(%d+)-(%d+)')
				if am ~= bm then return #am < #bm or (#am == #bm and am < bm) end
				return #as < #bs or (#as == #bs and as < bs)
			end
			local needed, found = false, false
			local function need(id) if not needed or less(id, needed) then needed = id end end
			for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
				local name, pending, last
				for i = 1, #group, 2 do
					if group[i] == 'name' then name = group[i + 1] end
					if group[i] == 'pending' then pending = group[i + 1] end
					if group[i] == 'last-delivered-id' then last = group[i + 1] end
				end
				if name == ARGV[5] then found = true end
				if string.sub(name, 1, #ARGV[4]) ~= ARGV[4] then
					if pending > 0 then need(redis.call('XPENDING', KEYS[1], name)[2]) end
					local unread = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)
					if #unread > 0 then need(unread[1][1]) end
				end
			end
			if not found then return {0} end
			local excess, oldest, most = 0, -1, tonumber(ARGV[3])
			if ARGV[1] ~= '-1' then excess = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[1]) end
			if ARGV[2] ~= '-1' then oldest = redis.call('TIME')[1] * 1000 - tonumber(ARGV[2]) end
			local entries = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', most + 1)
			local deleted = 0
			for i, entry in ipairs(entries) do
				local old = tonumber(string.match(entry[1], '(%d+)-')) < oldest
				if i > most or (needed and not less(entry[1], needed)) or (i > excess and not old) then break end
				deleted = i
			end
			if deleted > 0 then
				if entries[deleted + 1] then redis.call('XTRIM', KEYS[1], 'MINID', entries[deleted + 1][1])
				else redis.call('XTRIM', KEYS[1], 'MAXLEN', 0) end
			end
			return {deleted}
			""";

	private final RedisSession session;

	private final StreamSettings settings;

	private final String mode;

	private final Schedule trims = new Schedule(TRIM_INTERVAL);

	private boolean warned;

	private StreamCleanup(RedisSession session, StreamSettings settings, String mode) {
		this.session = session;
		this.settings = settings;
		this.mode = mode;
	}

	/**
	 * Creates a cleanup that leaves to the server what that can do.
	 */
	static StreamCleanup of(RedisSession session, StreamSettings settings) {
		if (!settings.deleteAcknowledged()) {
			return new StreamCleanup(session, settings, KEEP);
		}
		return new StreamCleanup(session, settings,
				hasAcknowledgeAndDelete(session) ? DELETE_ACKNOWLEDGED : DELETE_UNSHARED);
	}

	/**
	 * Whether the server knows what all groups have acknowledged: Redis from 8.2, but not
	 * Valkey so far.
	 */
	private static boolean hasAcknowledgeAndDelete(RedisSession session) {
		try {
			List<Object> reply = session.commands().commandInfo(CommandType.XACKDEL.toString());
			return !reply.isEmpty() && reply.get(0) instanceof List<?> info && !info.isEmpty();
		}
		catch (RedisCommandExecutionException ex) {
			logger.debug("The server does not say which commands it has", ex);
			return false;
		}
	}

	/**
	 * Acknowledges entries, and deletes them if that is wanted.
	 * @param identity the identity of the stream that the entries are of
	 * @param ids the entries
	 * @return {@code false} if another stream has its name by now: nothing was done
	 */
	boolean acknowledge(String identity, List<String> ids) {
		List<Object> args = new ArrayList<>(
				List.of(this.settings.group(), StreamGroup.MARK, StreamGroup.MARK + identity, this.mode));
		args.addAll(ids);
		String stream = this.settings.stream();
		List<Object> reply = this.session.eval(ACKNOWLEDGE, List.of(stream), args.toArray());
		boolean shared = RedisSession.isYes(reply.get(1));
		if (shared && this.mode.equals(DELETE_UNSHARED) && !this.warned) {
			this.warned = true;
			logger.warn("Entries of the stream '{}' are not deleted: it has other consumer groups, and this server "
					+ "cannot tell what they have acknowledged (Redis 8.2 can)", stream);
		}
		return RedisSession.isYes(reply.get(0));
	}

	/**
	 * Deletes what is beyond the length or the age to keep, from time to time.
	 */
	void trim() {
		Long length = this.settings.maxLength();
		Duration age = this.settings.maxAge();
		if ((length == null && age == null) || !this.trims.isDue()) {
			return;
		}
		long deleted;
		do {
			deleted = (Long) this.session
				.eval(TRIM, List.of(this.settings.stream()), (length != null) ? length : -1,
						(age != null) ? age.toMillis() : -1, STEP, StreamGroup.MARK, this.settings.group())
				.get(0);
		}
		while (deleted == STEP);
	}

}
