package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

import io.lettuce.core.LMoveArgs;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.connector.redis.ClaimStore.Held;
import org.megaetl.connector.redis.RedisConnectorProperties.End;
import org.megaetl.event.Event;
import org.megaetl.pipeline.PullPipeline;

/**
 * Takes elements from one end of a list.
 */
final class ListReader extends ClaimingReader {

	private final String list;

	private final End end;

	ListReader(PullPipeline pipeline, RedisClientHandle client, ClaimSettings settings, SourceState state,
			ScheduledExecutorService heartbeats, String list, End end) {
		super(pipeline, client, settings, state, heartbeats);
		this.list = list;
		this.end = end;
	}

	@Override
	@Nullable Taken take(RedisSession session, ClaimSlot slot, Duration block) {
		Taken taken = take(session, slot);
		if (taken != null || !await(session, block)) {
			return taken;
		}
		return take(session, slot);
	}

	private @Nullable Taken take(RedisSession session, ClaimSlot slot) {
		String token = BatchToken.random().toString();
		List<byte[]> elements = slot.store().take(this.list, this.end, slot.number(), token);
		if (elements == null) {
			slot.giveUp();
			return null;
		}
		state().lag(session.commands().llen(this.list));
		return elements.isEmpty() ? null : taken(token, 0, elements);
	}

	/**
	 * Waits until there is an element, by moving it from where it is to the same place: a
	 * reply that is lost loses nothing.
	 */
	private boolean await(RedisSession session, Duration block) {
		LMoveArgs same = (this.end == End.RIGHT) ? LMoveArgs.Builder.rightRight() : LMoveArgs.Builder.leftLeft();
		return session.commands().blmove(this.list, this.list, same, block.toMillis() / 1000.0) != null;
	}

	@Override
	Taken open(RedisSession session, Held held, int from, List<byte[]> items) {
		return taken(held.token(), from, items);
	}

	private Taken taken(String token, int from, List<byte[]> elements) {
		List<Item> items = new ArrayList<>(elements.size());
		for (byte[] element : elements) {
			items.add(new Item(from + items.size(), null, Event.from(pipeline().name().toString(), element)));
		}
		return new Taken(token, items.size(), items);
	}

	@Override
	void committed(RedisSession session, Taken taken, int from, int to) {
		// the claim holds the elements, and is deleted when all are committed
	}

}
