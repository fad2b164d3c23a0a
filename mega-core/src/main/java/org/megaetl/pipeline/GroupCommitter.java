package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets events that wait at the same time share a transaction. A writer takes what is
 * there, never waiting for more: a lone event is not delayed, and while one transaction
 * is under way the next one's events gather.
 */
final class GroupCommitter {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommitter.class);

	private static final Duration IDLE = Duration.ofMillis(100);

	/** How long events rest that could not be settled, until they are tried again. */
	private static final Duration REST = Duration.ofMillis(50);

	/** How long they are tried before their sender is told to come back. */
	private static final Duration LONGEST_TRY = Duration.ofSeconds(10);

	private final BlockingQueue<Waiting> queue;

	/** What could not be settled, the oldest first. */
	private final Queue<Waiting> resting = new ConcurrentLinkedQueue<>();

	private final int maxWaiting;

	/** Counts events, of which one that waits may be several. */
	private final AtomicInteger waitingEvents = new AtomicInteger();

	private final String name;

	private final int writers;

	private final int batchSize;

	private final BatchWriter writer;

	private final Recovery recovery;

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean open;

	/** Counts the starts: a writer that outlived a stop must not go on after the next. */
	private volatile int generation;

	/**
	 * Creates a committer.
	 * @param name names its threads
	 * @param options how many transactions at once, of how many events, and how many may
	 * wait
	 * @param writer delivers a batch
	 * @param recovery waits after a batch that could not be delivered
	 */
	GroupCommitter(String name, PipelineOptions options, BatchWriter writer, Recovery recovery) {
		this.queue = new ArrayBlockingQueue<>(options.maxWaiting());
		this.maxWaiting = options.maxWaiting();
		this.batchSize = options.batchSize();
		this.writer = writer;
		this.recovery = recovery;
		this.name = name;
		this.writers = options.writers();
	}

	void start() {
		int current = ++this.generation;
		this.open = true;
		this.threads.clear();
		for (int i = 0; i < this.writers; i++) {
			int number = i;
			Thread thread = new Thread(() -> run(number, current), "mega-" + this.name + "-" + number);
			thread.setDaemon(true);
			thread.start();
			this.threads.add(thread);
		}
	}

	/**
	 * Adds events to those waiting. They are written in one transaction.
	 * @return completed once all of them are settled, with what became of each; completed
	 * exceptionally with a {@link PipelineUnavailableException} if they cannot be now
	 */
	CompletableFuture<List<EventOutcome>> submit(List<PendingEvent> events) {
		Waiting waiting = new Waiting(events);
		int before = this.waitingEvents.getAndAdd(events.size());
		if (!this.open) {
			remove(waiting).refuse("the application is stopping");
		}
		else if (before + events.size() > this.maxWaiting || !this.queue.offer(waiting)) {
			remove(waiting).refuse(before + " events are waiting for the database already");
		}
		else if (!this.open && this.queue.remove(waiting)) {
			// closed in between: no writer may be left to take it
			remove(waiting).refuse("the application is stopping");
		}
		return waiting.outcome();
	}

	private Waiting remove(Waiting waiting) {
		this.waitingEvents.addAndGet(-waiting.events().size());
		return waiting;
	}

	/**
	 * Fails all events that wait, as it would be in vain.
	 */
	void refuseWaiting(PipelineUnavailableException reason) {
		List<Waiting> all = new ArrayList<>();
		this.queue.drainTo(all);
		for (Waiting rested = this.resting.poll(); rested != null; rested = this.resting.poll()) {
			all.add(rested);
		}
		all.forEach((waiting) -> remove(waiting).outcome().completeExceptionally(reason));
	}

	private void run(int number, int current) {
		List<Waiting> group = new ArrayList<>(this.batchSize);
		while (this.generation == current && (this.open || !this.queue.isEmpty() || !this.resting.isEmpty())) {
			try {
				Duration patience = this.resting.isEmpty() ? IDLE : REST;
				take(this.queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS), group);
				if (group.isEmpty()) {
					this.recovery.await();
					continue;
				}
				commit(number, group);
			}
			catch (InterruptedException ex) {
				group.forEach((waiting) -> waiting.refuse("the writer was interrupted"));
				if (!this.open) {
					break;
				}
				// by a transformer: only stop() may end a writer
				logger.warn("A transformer has left its thread interrupted");
			}
			catch (RuntimeException ex) {
				logger.error("Writer {} of pipeline '{}' goes on after an unforeseen failure", number, this.name, ex);
			}
			group.clear();
		}
	}

	/**
	 * Fills a group. What one caller submitted is never taken apart, so that the last may
	 * make it larger than a batch usually is.
	 */
	private void take(@Nullable Waiting first, List<Waiting> group) {
		int size = 0;
		for (Waiting rested = this.resting.peek(); rested != null && rested.hasRested(); rested = this.resting.peek()) {
			if (this.resting.remove(rested)) {
				size += remove(rested).events().size();
				group.add(rested);
			}
		}
		for (Waiting next = first; next != null; next = (size < this.batchSize) ? this.queue.poll() : null) {
			size += remove(next).events().size();
			group.add(next);
		}
	}

	private void commit(int number, List<Waiting> group) throws InterruptedException {
		List<PendingEvent> events = new ArrayList<>(group.size());
		group.forEach((waiting) -> events.addAll(waiting.events()));
		try {
			this.writer.write(number, events, new Settlement(group));
			group.forEach(this::rest);
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (PipelineUnavailableException ex) {
			group.forEach((waiting) -> waiting.outcome().completeExceptionally(ex));
			this.recovery.await();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A batch of {} events failed in an unforeseen way", group.size(), ex);
			group.forEach((waiting) -> waiting.outcome().completeExceptionally(ex));
		}
	}

	/**
	 * Has the unsettled events of a caller tried again a little later.
	 */
	private void rest(Waiting waiting) {
		if (waiting.outcome.isDone()) {
			return;
		}
		if (!waiting.rest()) {
			waiting.refuse("another transaction has the id of an event and was not finished for "
					+ LONGEST_TRY.toSeconds() + " s");
			return;
		}
		this.waitingEvents.addAndGet(waiting.events().size());
		this.resting.add(waiting);
	}

	/**
	 * Commits what is waiting, then stops.
	 * @param timeout how long that may take; what is not committed by then is refused
	 */
	void stop(Duration timeout) {
		this.open = false;
		long deadline = System.nanoTime() + timeout.toNanos();
		try {
			for (Thread thread : this.threads) {
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.threads.forEach(Thread::interrupt);
		refuseWaiting(new PipelineUnavailableException("the application is stopping", Duration.ofSeconds(5), null));
	}

	/**
	 * Delivers the events of one group.
	 */
	interface BatchWriter {

		/**
		 * Delivers them. Those that are not settled when it returns are tried again a
		 * little later.
		 * @param settled receives events and what became of them once that is certain,
		 * also where delivering the rest fails
		 */
		void write(int writer, List<PendingEvent> events, BiConsumer<List<PendingEvent>, List<EventOutcome>> settled)
				throws InterruptedException;

	}

	/**
	 * Waits until delivering is worth another try.
	 */
	interface Recovery {

		void await() throws InterruptedException;

	}

	/**
	 * What one caller submitted.
	 */
	private static final class Waiting {

		private final List<Slot> slots = new ArrayList<>(1);

		private final CompletableFuture<List<EventOutcome>> outcome = new CompletableFuture<>();

		private int unsettled;

		private long firstRest;

		private long lastRest;

		Waiting(List<PendingEvent> events) {
			events.forEach((event) -> this.slots.add(new Slot(this, event)));
			this.unsettled = events.size();
		}

		CompletableFuture<List<EventOutcome>> outcome() {
			return this.outcome;
		}

		/**
		 * Returns the events that are not settled.
		 */
		List<PendingEvent> events() {
			return unsettled().map((slot) -> slot.event).toList();
		}

		private Stream<Slot> unsettled() {
			return this.slots.stream().filter((slot) -> slot.outcome == null);
		}

		/**
		 * One more event is settled: with the last of them, all are.
		 */
		private void settled() {
			this.unsettled--;
			if (this.unsettled == 0) {
				this.outcome.complete(this.slots.stream().map((slot) -> slot.outcome).toList());
			}
		}

		void refuse(String reason) {
			this.outcome.completeExceptionally(new PipelineUnavailableException(reason, Duration.ofSeconds(5), null));
		}

		/**
		 * Begins a rest.
		 * @return {@code false} if there were too many already
		 */
		boolean rest() {
			this.lastRest = System.nanoTime();
			if (this.firstRest == 0) {
				this.firstRest = this.lastRest;
			}
			return this.lastRest - this.firstRest < LONGEST_TRY.toNanos();
		}

		boolean hasRested() {
			return System.nanoTime() - this.lastRest >= REST.toNanos();
		}

	}

	/**
	 * An event and what became of it.
	 */
	private static final class Slot {

		private final Waiting waiting;

		private final PendingEvent event;

		private @Nullable EventOutcome outcome;

		private Slot(Waiting waiting, PendingEvent event) {
			this.waiting = waiting;
			this.event = event;
		}

	}

	/**
	 * Gives each caller of a group the outcomes of its events as soon as they are
	 * complete.
	 */
	private static final class Settlement implements BiConsumer<List<PendingEvent>, List<EventOutcome>> {

		private final List<Slot> slots;

		private int next;

		private Settlement(List<Waiting> group) {
			this.slots = group.stream().flatMap(Waiting::unsettled).toList();
		}

		@Override
		public void accept(List<PendingEvent> events, List<EventOutcome> outcomes) {
			for (int i = 0; i < events.size(); i++) {
				Slot slot = find(events.get(i).event());
				slot.outcome = outcomes.get(i);
				slot.waiting.settled();
			}
		}

		/**
		 * Finds the slot of an event: most come in order.
		 */
		private Slot find(Event event) {
			for (int i = 0; i < this.slots.size(); i++) {
				Slot slot = this.slots.get((this.next + i) % this.slots.size());
				if (slot.outcome == null && slot.event.event() == event) {
					this.next += i + 1;
					return slot;
				}
			}
			throw new IllegalStateException("An event was settled that is not of this group");
		}

	}

}
