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

import org.jspecify.annotations.Nullable;
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

	private final BlockingQueue<Submission> queue;

	/** What could not be settled, the oldest first. */
	private final Queue<Submission> resting = new ConcurrentLinkedQueue<>();

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

	/**
	 * Counts the stops: a writer that outlived one must not go on, nor leave anything.
	 */
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
		int current = this.generation;
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
		Submission waiting = new Submission(events);
		int before = this.waitingEvents.getAndAdd(events.size());
		if (!this.open) {
			remove(waiting).refuse("the application is stopping");
		}
		else if ((before > 0 && before + events.size() > this.maxWaiting) || !this.queue.offer(waiting)) {
			remove(waiting).refuse(before + " events are waiting for the database already");
		}
		else if (!this.open && this.queue.remove(waiting)) {
			// closed in between: no writer may be left to take it
			remove(waiting).refuse("the application is stopping");
		}
		return waiting.outcome();
	}

	private Submission remove(Submission waiting) {
		this.waitingEvents.addAndGet(-waiting.size());
		return waiting;
	}

	/**
	 * Fails all events that wait, as it would be in vain.
	 */
	void refuseWaiting(PipelineUnavailableException reason) {
		List<Submission> all = new ArrayList<>();
		this.queue.drainTo(all);
		for (Submission rested = this.resting.poll(); rested != null; rested = this.resting.poll()) {
			all.add(rested);
		}
		all.forEach((waiting) -> remove(waiting).outcome().completeExceptionally(reason));
	}

	private void run(int number, int current) {
		List<Submission> group = new ArrayList<>(this.batchSize);
		while (this.generation == current && (this.open || !this.queue.isEmpty() || !this.resting.isEmpty())) {
			try {
				Duration patience = this.resting.isEmpty() ? IDLE : Submission.REST;
				take(this.queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS), group);
				if (group.isEmpty()) {
					this.recovery.await();
					continue;
				}
				commit(number, current, group);
			}
			catch (InterruptedException ex) {
				group.forEach((waiting) -> waiting.refuse("the writer was interrupted"));
				if (!this.open) {
					break;
				}
				// by a transformer: only stop() may end a writer
				logger.warn("A transformer has left its thread interrupted");
			}
			catch (RuntimeException | Error ex) {
				logger.error("Writer {} of pipeline '{}' goes on after an unforeseen failure", number, this.name, ex);
				group.forEach((waiting) -> waiting.outcome().completeExceptionally(ex));
			}
			group.clear();
		}
	}

	/**
	 * Fills a group. What one caller submitted is never taken apart, so that the last may
	 * make it larger than a batch usually is.
	 */
	private void take(@Nullable Submission first, List<Submission> group) {
		int size = 0;
		for (Submission rested = this.resting.peek(); rested != null
				&& rested.hasRested(); rested = this.resting.peek()) {
			if (this.resting.remove(rested)) {
				size += remove(rested).size();
				group.add(rested);
			}
		}
		for (Submission next = first; next != null; next = (size < this.batchSize) ? this.queue.poll() : null) {
			size += remove(next).size();
			group.add(next);
		}
	}

	private void commit(int number, int current, List<Submission> group) throws InterruptedException {
		Submission.Settlement settlement = new Submission.Settlement(group);
		try {
			this.writer.write(number, settlement.events(), settlement);
			group.forEach((waiting) -> rest(waiting, current));
		}
		catch (PipelineUnavailableException ex) {
			group.forEach((waiting) -> waiting.outcome().completeExceptionally(ex));
			this.recovery.await();
		}
	}

	/**
	 * Has the unsettled events of a caller tried again a little later.
	 */
	private void rest(Submission waiting, int current) {
		if (waiting.outcome().isDone()) {
			return;
		}
		if (!waiting.rest()) {
			waiting.refuse("another transaction has the id of an event and was not finished for "
					+ Submission.LONGEST_TRY.toSeconds() + " s");
			return;
		}
		this.waitingEvents.addAndGet(waiting.size());
		this.resting.add(waiting);
		if (this.generation != current && this.resting.remove(waiting)) {
			// stopped in between: no writer may be left to take it
			remove(waiting).refuse("the application is stopping");
		}
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
		this.generation++;
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

}
