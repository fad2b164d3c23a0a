package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;

import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.connector.redis.ClaimStore.Held;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what has no ids: it is claimed in Redis under a token, and the token is committed
 * with the rows, as the position of the reader's slot. So a claim that is found later
 * says by its token how much of it was committed. Whoever takes over a slot takes over
 * its position too, which shuts out a former owner that is late.
 */
abstract class ClaimingReader extends RedisReader {

	private static final Logger logger = LoggerFactory.getLogger(ClaimingReader.class);

	private static final Duration BLOCK = Duration.ofSeconds(2);

	private final RedisClientHandle client;

	private final ClaimSettings settings;

	private final SourceState state;

	private final ScheduledExecutorService heartbeats;

	private final Schedule recoveries;

	private final String owner = BatchToken.random().toString();

	ClaimingReader(PullPipeline pipeline, RedisClientHandle client, ClaimSettings settings, SourceState state,
			ScheduledExecutorService heartbeats) {
		super(pipeline);
		this.client = client;
		this.settings = settings;
		this.state = state;
		this.heartbeats = heartbeats;
		this.recoveries = new Schedule(settings.heartbeat());
	}

	/**
	 * Claims what there is, waiting for it for a while.
	 * @param session the connection
	 * @param slot where the claim is put
	 * @param block how long to wait
	 * @return the claim, or {@code null} if there is nothing
	 */
	abstract @Nullable Taken take(RedisSession session, ClaimSlot slot, Duration block) throws InterruptedException;

	/**
	 * Returns what a claim that was found holds.
	 * @param session the connection
	 * @param held the claim
	 * @param from the place of the first item in the claim
	 * @param items the items, which need not be all
	 * @return their events
	 */
	abstract Taken open(RedisSession session, Held held, int from, List<byte[]> items) throws InterruptedException;

	/**
	 * Does what is to be done with committed items, before their claim is deleted.
	 * Possibly again.
	 * @param session the connection
	 * @param taken the claim
	 * @param from the first item
	 * @param to the item behind the last
	 */
	abstract void committed(RedisSession session, Taken taken, int from, int to) throws InterruptedException;

	final ClaimSettings settings() {
		return this.settings;
	}

	final SourceState state() {
		return this.state;
	}

	@Override
	final void read() throws InterruptedException {
		Duration block = (this.settings.heartbeat().compareTo(BLOCK) < 0) ? this.settings.heartbeat() : BLOCK;
		try (RedisSession session = this.client.open(block); Begun begun = begin(session)) {
			ClaimStore store = new ClaimStore(session, this.settings, this.owner);
			while (pipeline().awaitRunning()) {
				try (ClaimSlot slot = slot(session, store, store.lease())) {
					readIn(slot, session, block);
				}
			}
		}
	}

	private ClaimSlot slot(RedisSession session, ClaimStore store, int number) {
		return new ClaimSlot(session, store, number, this.heartbeats, this.settings.heartbeat());
	}

	/**
	 * Called with each new connection.
	 * @param session the connection
	 * @return what is to be closed with it
	 */
	Begun begin(RedisSession session) {
		return () -> {
		};
	}

	private void readIn(ClaimSlot slot, RedisSession session, Duration block) throws InterruptedException {
		slot.claim(pipeline());
		available();
		boolean own = recover(session, slot);
		while (own && slot.isLeased() && pipeline().awaitRunning()) {
			if (this.recoveries.isDue()) {
				takeOver(session, slot);
			}
			Taken taken = take(session, slot, block);
			if (taken != null) {
				// it may have been paused while the read was blocked
				if (!pipeline().awaitRunning()) {
					return;
				}
				own = deliver(session, slot, taken, 0, taken.size(), null);
				if (own) {
					slot.store().settle(slot.number(), taken.token());
				}
			}
		}
	}

	/**
	 * Recovers the claims of slots whose leases have ended.
	 */
	private void takeOver(RedisSession session, ClaimSlot mine) throws InterruptedException {
		for (int number : mine.store().claimed()) {
			if (number != mine.number() && mine.store().lease(number)) {
				try (ClaimSlot slot = slot(session, mine.store(), number)) {
					slot.claim(pipeline());
					recover(session, slot);
				}
			}
		}
	}

	/**
	 * Delivers what is left of the claim in a slot.
	 * @return whether the slot is still this reader's
	 */
	private boolean recover(RedisSession session, ClaimSlot slot) throws InterruptedException {
		Held held = slot.store().find(slot.number());
		if (held == null) {
			return true;
		}
		int done = Math.min(slot.committed(held.token()), held.size());
		logger.info("Found a claim of {} in slot {} of {}, of which {} were committed", held.size(), slot.number(),
				this.settings.name(), done);
		this.state.count("recovered-claims", 1);
		// what may have ended the process is read and delivered item by item, so that it
		// takes no neighbour with it, and also if it was too much for the memory
		boolean alone = Suspicion.isSuspect(held.attempts(), this.settings.maxDeliveries());
		String refusal = Suspicion.refusal(held.attempts(), this.settings.maxDeliveries());
		for (int from = 0; from < held.size();) {
			int to = alone ? from + 1 : (from < done) ? done : held.size();
			Taken taken = reopen(session, slot, held, from, to, done);
			if (to > done) {
				if (!deliver(session, slot, taken, from, to, (from == done) ? refusal : null)) {
					return false;
				}
				if (alone && from == done) {
					// the next is no more suspect than this one was at first
					slot.store()
						.setAttempts(slot.number(), held.token(),
								(refusal != null) ? 0 : Suspicion.threshold(this.settings.maxDeliveries()));
				}
			}
			from = to;
		}
		slot.store().settle(slot.number(), held.token());
		return true;
	}

	/**
	 * Opens items of a claim, and finishes what was committed. Where Redis has the claim
	 * but not all that it lists, as in a cluster one of whose nodes is away, nothing was
	 * delivered, so that nothing is refused for it. It may be too much to be read at
	 * once, so that it counts until it is read item by item.
	 */
	private Taken reopen(RedisSession session, ClaimSlot slot, Held held, int from, int to, int done)
			throws InterruptedException {
		try {
			Taken taken = open(session, held, from, slot.store().items(held.token(), from, to));
			if (to <= done) {
				committed(session, taken, from, to);
			}
			return taken;
		}
		catch (RedisException | CancellationException ex) {
			// behind the first that is not committed, none was counted
			if (from <= done && Suspicion.isSuspect(held.attempts(), this.settings.maxDeliveries())) {
				slot.forget(held.token(), held.attempts() - 1);
			}
			throw ex;
		}
	}

	private boolean deliver(RedisSession session, ClaimSlot slot, Taken taken, int from, int to,
			@Nullable String refusal) throws InterruptedException {
		List<Event> events = new ArrayList<>(to - from);
		for (Item item : taken.items()) {
			if (item.index() >= from && item.index() < to) {
				events.add(item.event()
					.position(SourcePosition.of(slot.key(), taken.position(item.index()),
							taken.position(item.index() + 1)))
					.refusal((item.index() == from) ? refusal : null)
					.build());
			}
		}
		String position = taken.position(to);
		PullPipeline.BatchResult result;
		try {
			result = pipeline().deliver(new EventBatch(events, List.of(slot.advance(position))));
		}
		catch (InterruptedException | PipelineUnavailableException ex) {
			// stopped in an orderly way, or given up: nothing here ends processes
			slot.forget(taken.token(), 0);
			throw ex;
		}
		if (result.lostKeys().contains(slot.key())) {
			logger.warn("Slot {} of {} was taken over by another instance: this one was too slow to say that it lives",
					slot.number(), this.settings.name());
			return false;
		}
		slot.moved(position);
		committed(session, taken, from, to);
		return true;
	}

	/**
	 * What a reader has besides the connection.
	 */
	interface Begun extends AutoCloseable {

		@Override
		void close();

	}

	/**
	 * What was claimed.
	 *
	 * @param token names the claim
	 * @param size how many items it has
	 * @param items those that are events; of the others nothing is left
	 */
	record Taken(String token, int size, List<Item> items) {

		String position(int index) {
			return this.token + ":" + index;
		}

	}

	/**
	 * One item of a claim.
	 *
	 * @param index its place in the claim
	 * @param name the name of its key, if it is one
	 * @param event its event, but for the position
	 */
	record Item(int index, @Nullable String name, Event.Builder event) {

	}

}
