package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.redis.RedisConnectorProperties.End;

/**
 * The claims of a pipeline, as they are in Redis. Each reader has a slot, which is a
 * lease that ends if it is not renewed. In a slot is at most one claim: a token, and the
 * list of what was claimed under it. The claim stays when the lease ends.
 */
final class ClaimStore {

	private static final int MAX_SLOTS = 1024;

	private static final String LEASE = """
			local owner = redis.call('GET', KEYS[1])
			if owner and owner ~= ARGV[1] then return {0} end
			redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
			return {1}
			""";

	/** Renews or ends a lease that is still the caller's. */
	private static final String RENEW = """
			if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
			if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
			return {1}
			""";

	/**
	 * Takes elements out of a list, in one step with the claim that lists them, and only
	 * for whom the slot is leased to. A claim must not be overwritten: not another's, and
	 * not one's own, by a command of a former connection that is late. The first write is
	 * the one that a full server refuses. Elements are moved one by one, as only then
	 * their size is known. Returns whether the slot may be used, then the elements.
	 */
	private static final String TAKE = """
			if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HEXISTS', KEYS[2], 'token') == 1 then return {0} end
			if redis.call('LLEN', KEYS[5]) == 0 then return {1} end
			redis.call('HSET', KEYS[2], 'token', ARGV[2], 'attempts', 0)
			redis.call('SADD', KEYS[4], ARGV[3])
			local reply, bytes = {1}, 0
			local most, mostBytes = tonumber(ARGV[5]), tonumber(ARGV[6])
			while #reply <= most and bytes < mostBytes do
				local element = redis.call('LMOVE', KEYS[5], KEYS[3], ARGV[4], 'RIGHT')
				if not element then break end
				bytes = bytes + #element
				reply[#reply + 1] = element
			end
			return reply
			""";

	/** Notes what is going to be claimed, likewise. */
	private static final String NOTE = """
			if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HEXISTS', KEYS[2], 'token') == 1 then return {0} end
			redis.call('HSET', KEYS[2], 'token', ARGV[2], 'attempts', 0)
			redis.call('SADD', KEYS[4], ARGV[3])
			for i = 4, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[i]) end
			return {1}
			""";

	/** Returns the claim of a slot, and counts that it is looked at. */
	private static final String FIND = """
			local token = redis.call('HGET', KEYS[1], 'token')
			if not token then return {} end
			return {token, redis.call('HINCRBY', KEYS[1], 'attempts', 1)}
			""";

	private static final String SET_ATTEMPTS = """
			if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then
				redis.call('HSET', KEYS[1], 'attempts', ARGV[2])
			end
			return {}
			""";

	/** Deletes a claim, if it is still the one of its slot. */
	private static final String SETTLE = """
			redis.call('UNLINK', KEYS[2])
			if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then
				redis.call('DEL', KEYS[1])
				redis.call('SREM', KEYS[3], ARGV[2])
			end
			return {}
			""";

	private final RedisSession session;

	private final ClaimSettings settings;

	private final String owner;

	/**
	 * Creates a store.
	 * @param session the connection
	 * @param settings the names
	 * @param owner who leases slots; unlike the name of a host, not the same after a
	 * restart
	 */
	ClaimStore(RedisSession session, ClaimSettings settings, String owner) {
		this.session = session;
		this.settings = settings;
		this.owner = owner;
	}

	/**
	 * Leases the first slot that is free.
	 * @return the slot's number
	 */
	int lease() {
		for (int slot = 0; slot < MAX_SLOTS; slot++) {
			if (lease(slot)) {
				return slot;
			}
		}
		throw new IllegalStateException("All " + MAX_SLOTS + " slots of " + this.settings.name() + " are leased");
	}

	/**
	 * Leases a slot if it is free, or leased by this owner before.
	 */
	boolean lease(int slot) {
		return isYes(
				this.session.eval(LEASE, List.of(leaseKey(slot)), this.owner, this.settings.deadAfter().toMillis()));
	}

	/**
	 * Renews a lease, without waiting for the reply.
	 * @return whether the lease was still the caller's
	 */
	CompletionStage<Boolean> renew(int slot) {
		RedisFuture<List<Object>> reply = this.session.async()
			.eval(RENEW, ScriptOutputType.MULTI, new String[] { leaseKey(slot) },
					RedisSession.bytes(this.owner, this.settings.deadAfter().toMillis()));
		return reply.thenApply(ClaimStore::isYes);
	}

	private static boolean isYes(List<Object> reply) {
		return RedisSession.isYes(reply.get(0));
	}

	/**
	 * Ends a lease.
	 */
	void release(int slot) {
		this.session.eval(RENEW, List.of(leaseKey(slot)), this.owner, 0);
	}

	/**
	 * Returns the slots that have a claim.
	 */
	List<Integer> claimed() {
		return this.session.commands()
			.smembers(slotsKey())
			.stream()
			.map((slot) -> Integer.valueOf(RedisSession.text(slot)))
			.toList();
	}

	/**
	 * Takes elements out of a list, as the claim of a slot.
	 * @param list the list's key
	 * @param end the end they are taken from, LEFT or RIGHT
	 * @param slot the slot
	 * @param token names the claim
	 * @return the elements, none if the list is empty, or {@code null} if the slot is not
	 * leased to this owner any more, or has a claim
	 */
	@Nullable List<byte[]> take(String list, End end, int slot, String token) {
		List<Object> reply = this.session.eval(TAKE,
				List.of(leaseKey(slot), claimKey(slot), itemsKey(token), slotsKey(), list), this.owner, token, slot,
				end, this.settings.batchSize(), this.settings.batchBytes());
		return isYes(reply) ? reply.stream().skip(1).map(byte[].class::cast).toList() : null;
	}

	/**
	 * Notes names of keys as the claim of a slot, before they are claimed.
	 * @param names the names
	 * @param slot the slot
	 * @param token names the claim
	 * @return {@code false} if the slot is not leased to this owner any more, or has a
	 * claim
	 */
	boolean note(List<String> names, int slot, String token) {
		List<Object> args = new ArrayList<>(List.of(this.owner, token, slot));
		args.addAll(names);
		return isYes(this.session.eval(NOTE, List.of(leaseKey(slot), claimKey(slot), itemsKey(token), slotsKey()),
				args.toArray()));
	}

	/**
	 * Returns the claim of a slot.
	 * @return the claim, or {@code null} if there is none
	 */
	@Nullable Held find(int slot) {
		List<Object> found = this.session.eval(FIND, List.of(claimKey(slot)));
		if (found.isEmpty()) {
			return null;
		}
		String token = RedisSession.text(found.get(0));
		long size = this.session.commands().llen(itemsKey(token));
		return new Held(token, (Long) found.get(1), (int) size);
	}

	/**
	 * Returns items of a claim, in order.
	 * @param token names the claim
	 * @param from the first item
	 * @param to the item behind the last
	 */
	List<byte[]> items(String token, int from, int to) {
		return this.session.commands().lrange(itemsKey(token), from, to - 1);
	}

	/**
	 * Sets how often a claim was found.
	 */
	void setAttempts(int slot, String token, long attempts) {
		this.session.eval(SET_ATTEMPTS, List.of(claimKey(slot)), token, attempts);
	}

	/**
	 * Deletes a claim.
	 */
	void settle(int slot, String token) {
		this.session.eval(SETTLE, List.of(claimKey(slot), itemsKey(token), slotsKey()), token, slot);
	}

	private String leaseKey(int slot) {
		return this.settings.name() + ":lease:" + slot;
	}

	private String claimKey(int slot) {
		return this.settings.name() + ":claim:" + slot;
	}

	private String itemsKey(String token) {
		return this.settings.name() + ":items:" + token;
	}

	private String slotsKey() {
		return this.settings.name() + ":slots";
	}

	/**
	 * A claim as it was found.
	 *
	 * @param token its name
	 * @param attempts how often it was found, this time included, which is how often it
	 * was delivered before
	 * @param size how many items it has
	 */
	record Held(String token, long attempts, int size) {

	}

}
