package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.checkpoint.Claim;
import org.megaetl.connector.redis.ClaimStore.Held;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
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

	/** The position of a slot in which nothing was committed yet. */
	private static final String NOTHING = "-";

	private static final Duration BLOCK = Duration.ofSeconds(2);

	/** How long to wait for what is good but not needed. */
	private static final Duration COURTESY = Duration.ofSeconds(2);

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
	abstract @Nullable Taken take(RedisSession session, Slot slot, Duration block) throws InterruptedException;

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
				try (Slot slot = new Slot(session, store, store.lease())) {
					readIn(slot, session, block);
				}
			}
		}
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

	private void readIn(Slot slot, RedisSession session, Duration block) throws InterruptedException {
		slot.claim();
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
					slot.store.settle(slot.number, taken.token());
				}
			}
		}
	}

	/**
	 * Recovers the claims of slots whose leases have ended.
	 */
	private void takeOver(RedisSession session, Slot mine) throws InterruptedException {
		for (int number : mine.store.claimed()) {
			if (number != mine.number && mine.store.lease(number)) {
				try (Slot slot = new Slot(session, mine.store, number)) {
					slot.claim();
					recover(session, slot);
				}
			}
		}
	}

	/**
	 * Delivers what is left of the claim in a slot.
	 * @return whether the slot is still this reader's
	 */
	private boolean recover(RedisSession session, Slot slot) throws InterruptedException {
		Held held = slot.store.find(slot.number);
		if (held == null) {
			return true;
		}
		int done = Math.min(slot.committed(held.token()), held.size());
		logger.info("Found a claim of {} in slot {} of {}, of which {} were committed", held.size(), slot.number,
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
					slot.store.setAttempts(slot.number, held.token(),
							(refusal != null) ? 0 : Suspicion.threshold(this.settings.maxDeliveries()));
				}
			}
			from = to;
		}
		slot.store.settle(slot.number, held.token());
		return true;
	}

	/**
	 * Opens items of a claim, and finishes what was committed. Where Redis has the claim
	 * but not all that it lists, as in a cluster one of whose nodes is away, nothing was
	 * delivered, so that nothing is refused for it. It may be too much to be read at
	 * once, so that it counts until it is read item by item.
	 */
	private Taken reopen(RedisSession session, Slot slot, Held held, int from, int to, int done)
			throws InterruptedException {
		try {
			Taken taken = open(session, held, from, slot.store.items(held.token(), from, to));
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

	private boolean deliver(RedisSession session, Slot slot, Taken taken, int from, int to, @Nullable String refusal)
			throws InterruptedException {
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
					slot.number, this.settings.name());
			return false;
		}
		slot.position = position;
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

	/**
	 * A slot that this reader has leased, for as long as it says that it lives.
	 */
	final class Slot implements AutoCloseable {

		private final StatefulConnection<String, byte[]> connection;

		private final ClaimStore store;

		private final int number;

		private final ScheduledFuture<?> heartbeat;

		private volatile boolean leased = true;

		private @Nullable Claim claim;

		private String position = NOTHING;

		private Slot(RedisSession session, ClaimStore store, int number) {
			this.connection = session.connection();
			this.store = store;
			this.number = number;
			long millis = ClaimingReader.this.settings.heartbeat().toMillis();
			this.heartbeat = ClaimingReader.this.heartbeats.scheduleAtFixedRate(this::renew, millis, millis,
					TimeUnit.MILLISECONDS);
		}

		ClaimStore store() {
			return this.store;
		}

		int number() {
			return this.number;
		}

		private void renew() {
			this.store.renew(this.number).whenComplete((renewed, failure) -> {
				// where it failed, the reader finds out by itself
				if (failure == null && !renewed) {
					this.leased = false;
				}
			});
		}

		/**
		 * Lets this reader look for a slot again: for what was claimed in this one by a
		 * command that was late, if it is still free.
		 */
		void giveUp() {
			this.leased = false;
		}

		private boolean isLeased() {
			return this.leased;
		}

		private void claim() throws InterruptedException {
			Claim claim = pipeline().claim(key(), NOTHING);
			this.claim = claim;
			this.position = claim.position();
		}

		private String key() {
			return "slot-" + this.number;
		}

		private PositionAdvance advance(String to) {
			return Objects.requireNonNull(this.claim).advance(this.position, to);
		}

		/**
		 * Returns how many items of a claim were committed.
		 */
		private int committed(String token) {
			return this.position.startsWith(token + ":") ? Integer.parseInt(this.position.substring(token.length() + 1))
					: 0;
		}

		/**
		 * Forgets attempts that are nobody's fault.
		 */
		private void forget(String token, long left) {
			tryTo("forget attempts", () -> this.store.setAttempts(this.number, token, left));
		}

		/**
		 * Ends the lease, so that others need not wait for its end.
		 */
		@Override
		public void close() {
			this.heartbeat.cancel(false);
			tryTo("end the lease", () -> this.store.release(this.number));
		}

		/**
		 * Does what is good but not needed, also when the thread is to stop: a server
		 * that does not answer must not hold that up.
		 */
		private void tryTo(String what, Runnable action) {
			boolean interrupted = Thread.interrupted();
			Duration timeout = this.connection.getTimeout();
			this.connection.setTimeout((timeout.compareTo(COURTESY) < 0) ? timeout : COURTESY);
			try {
				action.run();
			}
			catch (RedisException ex) {
				logger.debug("Could not {} of slot {}", what, this.number, ex);
			}
			finally {
				this.connection.setTimeout(timeout);
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
