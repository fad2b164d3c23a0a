package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
	 * Adds an event to those waiting.
	 * @return completed once its batch is settled; completed exceptionally with a
	 * {@link PipelineUnavailableException} if it cannot be now
	 */
	CompletableFuture<EventOutcome> submit(PendingEvent event) {
		Waiting waiting = new Waiting(event, new CompletableFuture<>());
		if (!this.open) {
			waiting.refuse("the application is stopping");
		}
		else if (!this.queue.offer(waiting)) {
			waiting.refuse(this.queue.size() + " events are waiting for the database already");
		}
		else if (!this.open && this.queue.remove(waiting)) {
			// closed in between: no writer may be left to take it
			waiting.refuse("the application is stopping");
		}
		return waiting.outcome();
	}

	/**
	 * Fails all events that wait, as it would be in vain.
	 */
	void refuseWaiting(PipelineUnavailableException reason) {
		List<Waiting> all = new ArrayList<>();
		this.queue.drainTo(all);
		all.forEach((waiting) -> waiting.outcome().completeExceptionally(reason));
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
				group.add(first);
				this.queue.drainTo(group, this.batchSize - 1);
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

	private void commit(int number, List<Waiting> group) throws InterruptedException {
		Iterator<Waiting> unsettled = group.iterator();
		try {
			this.writer.write(number, group.stream().map(Waiting::event).toList(),
					(outcomes) -> outcomes.forEach((outcome) -> unsettled.next().outcome().complete(outcome)));
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

	private record Waiting(PendingEvent event, CompletableFuture<EventOutcome> outcome) {

		void refuse(String reason) {
			this.outcome.completeExceptionally(new PipelineUnavailableException(reason, Duration.ofSeconds(5), null));
		}

	}

}
