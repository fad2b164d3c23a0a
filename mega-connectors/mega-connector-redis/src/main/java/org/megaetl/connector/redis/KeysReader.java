package org.megaetl.connector.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.connector.redis.ClaimStore.Held;
import org.megaetl.connector.redis.KeyValues.Value;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes keys that match a pattern. A key is claimed by renaming it, so that what is
 * written under its old name meanwhile is another event. Which keys are going to be
 * claimed is noted before.
 * <p>
 * Keys that are to stay are not claimed, but read by one instance at a time, which notes
 * what it has seen of them.
 */
final class KeysReader extends ClaimingReader {

	static final String KEY_HEADER = "redis-key";

	private static final Logger logger = LoggerFactory.getLogger(KeysReader.class);

	private final RedisClientHandle client;

	private final KeysSettings keys;

	private final Set<String> unreadableTypes = new TreeSet<>();

	private @Nullable KeyScan scan;

	private @Nullable KeyWake wake;

	private @Nullable SeenKeys seen;

	private boolean foundInSearch;

	private long idleUntil;

	KeysReader(PullPipeline pipeline, RedisClientHandle client, ClaimSettings settings, SourceState state,
			ScheduledExecutorService heartbeats, KeysSettings keys) {
		super(pipeline, client, settings, state, heartbeats);
		this.client = client;
		this.keys = keys;
	}

	@Override
	Begun begin(RedisSession session) {
		this.scan = new KeyScan(session, this.keys.pattern());
		this.seen = this.keys.isKept() ? new SeenKeys(session, settings().name() + ":seen") : null;
		this.idleUntil = System.nanoTime();
		KeyWake wake = new KeyWake(this.client, this.keys.pattern());
		this.wake = wake;
		return wake;
	}

	@Override
	@Nullable Taken take(RedisSession session, ClaimSlot slot, Duration block) throws InterruptedException {
		if (this.keys.isKept() && slot.number() > 0) {
			// another instance reads
			pause(block);
			slot.giveUp();
			return null;
		}
		if (isIdle(block)) {
			return null;
		}
		KeyScan scan = Objects.requireNonNull(this.scan);
		List<String> names = new ArrayList<>(scan.next(settings().batchSize()));
		if (this.client.isCluster()) {
			names.removeIf((name) -> !HashTag.isPossible(name));
		}
		Taken taken = names.isEmpty() ? null
				: (this.keys.isKept() ? readChanged(session, names) : claim(session, slot, names));
		this.foundInSearch |= taken != null;
		if (scan.isAtEnd()) {
			state().lag(scan.matches());
			if (!this.foundInSearch) {
				this.idleUntil = System.nanoTime() + this.keys.pollInterval().toNanos();
			}
			this.foundInSearch = false;
			if (this.seen != null) {
				this.seen.forgetMissing();
			}
		}
		return taken;
	}

	/**
	 * Waits if the last search found nothing, but no longer than a command may.
	 */
	private boolean isIdle(Duration block) throws InterruptedException {
		long nanos = this.idleUntil - System.nanoTime();
		if (nanos <= 0) {
			return false;
		}
		Duration rest = Duration.ofNanos(nanos);
		boolean longer = rest.compareTo(block) > 0;
		boolean woken = Objects.requireNonNull(this.wake).await(longer ? block : rest);
		if (woken) {
			this.idleUntil = System.nanoTime();
		}
		return longer && !woken;
	}

	private @Nullable Taken claim(RedisSession session, ClaimSlot slot, List<String> names)
			throws InterruptedException {
		String token = BatchToken.random().toString();
		if (!slot.store().note(names, slot.number(), token)) {
			slot.giveUp();
			return null;
		}
		List<Value> values = new KeyValues(session)
			.read(names.stream().map((name) -> new String[] { name, claimed(name, token) }).toList());
		Taken taken = taken(token, 0, names, values);
		if (taken.items().isEmpty()) {
			slot.store().settle(slot.number(), token);
			return null;
		}
		return taken;
	}

	private @Nullable Taken readChanged(RedisSession session, List<String> names) throws InterruptedException {
		List<Value> values = new KeyValues(session).read(names.stream().map((name) -> new String[] { name }).toList());
		List<Integer> changed = Objects.requireNonNull(this.seen).changed(names, values);
		return changed.isEmpty() ? null : taken(BatchToken.random().toString(), 0,
				changed.stream().map(names::get).toList(), changed.stream().map(values::get).toList());
	}

	@Override
	Taken open(RedisSession session, Held held, int from, List<byte[]> items) throws InterruptedException {
		List<String> names = items.stream().map((name) -> new String(name, StandardCharsets.UTF_8)).toList();
		return taken(held.token(), from, names,
				new KeyValues(session).reopen(names.stream().map((name) -> claimed(name, held.token())).toList()));
	}

	private Taken taken(String token, int from, List<String> names, List<Value> values) {
		List<Item> items = new ArrayList<>(names.size());
		for (int i = 0; i < names.size(); i++) {
			Value value = values.get(i);
			byte[] payload = value.payload();
			if (payload != null) {
				items.add(new Item(from + i, names.get(i),
						Event.from(pipeline().name().toString(), payload)
							.key(names.get(i))
							.headers(EventHeaders.of(KEY_HEADER, names.get(i)))));
			}
			else if (!value.isMissing() && this.unreadableTypes.add(value.type())) {
				logger.warn("Keys that match '{}' are left alone if they are of the type '{}', such as '{}'{}",
						this.keys.pattern(), value.type(), names.get(i),
						(value.error() != null) ? ", or cannot be read: " + value.error() : "");
			}
		}
		return new Taken(token, names.size(), items);
	}

	@Override
	void committed(RedisSession session, Taken taken, int from, int to) throws InterruptedException {
		List<String> names = taken.items()
			.stream()
			.filter((item) -> item.index() >= from && item.index() < to)
			.map((item) -> Objects.requireNonNull(item.name()))
			.toList();
		switch (this.keys.after()) {
			case KEEP -> Objects.requireNonNull(this.seen).note(names);
			case DELETE ->
				new KeyValues(session).delete(names.stream().map((name) -> claimed(name, taken.token())).toList());
			case RENAME -> new KeyValues(session).rename(names.stream()
				.map((name) -> new String[] { claimed(name, taken.token()), renamed(name) })
				.toList());
		}
	}

	/**
	 * Returns the name a key is claimed with. The length tells 'a' from '{a}', which have
	 * the same hash tag.
	 */
	private static String claimed(String name, String token) {
		return HashTag.of(name) + ClaimSettings.INFIX + token + ":" + name.length();
	}

	private String renamed(String name) {
		return this.keys.renamePrefix() + (this.client.isCluster() ? HashTag.of(name) : name);
	}

}
