package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets events that wait at the same time share a transaction. A writer takes what is
 * there, never waiting for more: a lone event is not delayed, and while one transaction
 * is under way the next one's events gather.
 */
final class GroupCommitter {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommitter.class);

	private final BlockingQueue<Waiting> queue;

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
		all.forEach((waiting) -> remove(waiting).outcome().completeExceptionally(reason));
	}

	private void run(int number, int current) {
		List<Waiting> group = new ArrayList<>(this.batchSize);
		while (this.generation == current && (this.open || !this.queue.isEmpty())) {
			try {
				Waiting first = this.queue.poll(100, TimeUnit.MILLISECONDS);
				if (first == null) {
					this.recovery.await();
					continue;
				}
				take(first, group);
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
	private void take(Waiting first, List<Waiting> group) {
		int size = 0;
		for (Waiting next = first; next != null; next = (size < this.batchSize) ? this.queue.poll() : null) {
			size += remove(next).events().size();
			group.add(next);
		}
	}

	private void commit(int number, List<Waiting> group) throws InterruptedException {
		List<PendingEvent> events = new ArrayList<>(group.size());
		group.forEach((waiting) -> events.addAll(waiting.events()));
		Settlement settlement = new Settlement(group);
		try {
			this.writer.write(number, events, settlement);
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
		 * Delivers them.
		 * @param settled receives what became of the next events once that is certain,
		 * also where delivering the rest fails
		 */
		void write(int writer, List<PendingEvent> events, Consumer<List<EventOutcome>> settled)
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
	private record Waiting(List<PendingEvent> events, CompletableFuture<List<EventOutcome>> outcome) {

		Waiting(List<PendingEvent> events) {
			this(events, new CompletableFuture<>());
		}

		void refuse(String reason) {
			this.outcome.completeExceptionally(new PipelineUnavailableException(reason, Duration.ofSeconds(5), null));
		}

	}

	/**
	 * Gives each caller of a group the outcomes of its events, which arrive in order, as
	 * soon as they are complete.
	 */
	private static final class Settlement implements Consumer<List<EventOutcome>> {

		private final Iterator<Waiting> unsettled;

		private Waiting current;

		private List<EventOutcome> settled = new ArrayList<>(1);

		private Settlement(List<Waiting> group) {
			this.unsettled = group.iterator();
			this.current = this.unsettled.next();
		}

		@Override
		public void accept(List<EventOutcome> outcomes) {
			for (EventOutcome outcome : outcomes) {
				if (this.settled.size() == this.current.events().size()) {
					this.current = this.unsettled.next();
					this.settled = new ArrayList<>(1);
				}
				this.settled.add(outcome);
				if (this.settled.size() == this.current.events().size()) {
					this.current.outcome().complete(this.settled);
				}
			}
		}

	}

}
