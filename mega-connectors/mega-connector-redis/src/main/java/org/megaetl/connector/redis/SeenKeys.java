package org.megaetl.connector.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import org.megaetl.checkpoint.Sha256;
import org.megaetl.connector.redis.KeyValues.Value;

/**
 * What was delivered of keys that stay: a hash of each, in Redis.
 */
final class SeenKeys {

	private static final int PAGE = 1000;

	private static final Duration CLEANING = Duration.ofMinutes(10);

	private final RedisSession session;

	private final String hash;

	/** Of those that are being delivered. */
	private final Map<String, byte[]> digests = new HashMap<>();

	private final Schedule cleaning = new Schedule(CLEANING);

	SeenKeys(RedisSession session, String hash) {
		this.session = session;
		this.hash = hash;
	}

	/**
	 * Returns which keys do not hold what was delivered of them.
	 * @param names the keys
	 * @param values what they hold
	 * @return indexes of those that have changed and can be read
	 */
	List<Integer> changed(List<String> names, List<Value> values) {
		this.digests.clear();
		List<KeyValue<String, byte[]>> seen = this.session.commands().hmget(this.hash, names.toArray(String[]::new));
		List<Integer> changed = new ArrayList<>();
		for (int i = 0; i < names.size(); i++) {
			byte[] payload = values.get(i).payload();
			byte[] digest = (payload != null) ? digest(payload) : null;
			if (digest != null && !MessageDigest.isEqual(digest, seen.get(i).getValueOrElse(new byte[0]))) {
				this.digests.put(names.get(i), digest);
				changed.add(i);
			}
		}
		return changed;
	}

	/**
	 * Notes that the change of keys is committed.
	 */
	void note(List<String> names) {
		Map<String, byte[]> delivered = new LinkedHashMap<>();
		for (String name : names) {
			byte[] digest = this.digests.get(name);
			if (digest != null) {
				delivered.put(name, digest);
			}
		}
		if (!delivered.isEmpty()) {
			this.session.commands().hset(this.hash, delivered);
		}
	}

	/**
	 * Forgets keys that are not there any more, from time to time.
	 */
	void forgetMissing() throws InterruptedException {
		if (!this.cleaning.isDue()) {
			return;
		}
		ScanArgs args = ScanArgs.Builder.limit(PAGE);
		MapScanCursor<String, byte[]> page = this.session.commands().hscan(this.hash, args);
		while (true) {
			List<String> names = List.copyOf(page.getMap().keySet());
			List<Boolean> exist = new KeyValues(this.session).exist(names);
			String[] missing = names.stream().filter((name) -> !exist.get(names.indexOf(name))).toArray(String[]::new);
			if (missing.length > 0) {
				this.session.commands().hdel(this.hash, missing);
			}
			if (page.isFinished()) {
				return;
			}
			page = this.session.commands().hscan(this.hash, page, args);
		}
	}

	private static byte[] digest(byte[] payload) {
		return HexFormat.of().formatHex(Sha256.of(payload)).getBytes(StandardCharsets.US_ASCII);
	}

}
