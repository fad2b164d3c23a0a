package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets events that wait at the same time share a transaction. A writer takes what is
 * there, never waiting for more: a lone event is not delayed, and while one transaction
 * is under way the next one's events gather. Where nobody waits and no writer is at work,
 * the thread of a caller that offers one is the writer of its events: to wake another
 * would take longer than a round trip. Writers with nothing to do sleep until there is.
 */
final class GroupCommitter {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommitter.class);

	private static final String STOPPING = "the application is stopping";

	private final ReentrantLock lock = new ReentrantLock();

	/** There may be something to do for a writer that sleeps. */
	private final Condition work = this.lock.newCondition();

	private final Condition lentThreadIsBack = this.lock.newCondition();

	private final Deque<Submission> queue = new ArrayDeque<>();

	/** What could not be settled, the oldest first. */
	private final Deque<Submission> resting = new ArrayDeque<>();

	private final int maxWaiting;

	/** Counts events, of which one that waits may be several. */
	private int waitingEvents;

	/** The groups under way, that of a lent thread among them. */
	private int underWay;

	/** Whether a caller's thread is, or is about to be, a writer: one at a time. */
	private boolean lent;

	private @Nullable Thread lentThread;

	/** Whether a writer has to find out if the database works. */
	private boolean troubled;

	private final PipelineName name;

	private final int writers;

	private final int batchSize;

	private final BatchWriter writer;

	private final Recovery recovery;

	private final List<Thread> threads = new ArrayList<>();

	private boolean open;

	/**
	 * Counts the stops: a writer that outlived one must not go on, nor leave anything.
	 */
	private int generation;

	/**
	 * Creates a committer.
	 * @param name names its threads
	 * @param options how many transactions at once, of how many events, and how many may
	 * wait
	 * @param writer delivers a batch
	 * @param recovery waits after a batch that could not be delivered
	 */
	GroupCommitter(PipelineName name, PipelineOptions options, BatchWriter writer, Recovery recovery) {
		this.maxWaiting = options.maxWaiting();
		this.batchSize = options.batchSize();
		this.writer = writer;
		this.recovery = recovery;
		this.name = name;
		this.writers = options.writers();
	}

	void start() {
		this.lock.lock();
		try {
			this.open = true;
			int current = this.generation;
			this.threads.clear();
			for (int i = 0; i < this.writers; i++) {
				int number = i;
				Thread thread = new Thread(() -> run(number, current), "mega-" + this.name + "-" + number);
				thread.setDaemon(true);
				thread.start();
				this.threads.add(thread);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Adds events to those waiting. They are written in one transaction.
	 * @param caller runs the transaction of events that would have to wake a writer, or
	 * {@code null} for a writer to be woken
	 * @return completed once all of them are settled, with what became of each; completed
	 * exceptionally with a {@link PipelineUnavailableException} if they cannot be now
	 */
	CompletableFuture<List<EventOutcome>> submit(List<PendingEvent> events, @Nullable Executor caller) {
		Submission waiting = new Submission(events);
		String refusal = null;
		boolean lend = false;
		int current;
		this.lock.lock();
		try {
			current = this.generation;
			if (!this.open) {
				refusal = STOPPING;
			}
			else if (this.waitingEvents > 0 && this.waitingEvents + events.size() > this.maxWaiting) {
				refusal = this.waitingEvents + " events are waiting for the database already";
			}
			else if (caller != null && !this.lent && this.underWay == 0 && this.waitingEvents == 0) {
				lend = true;
				this.lent = true;
				this.underWay++;
			}
			else {
				enqueue(waiting);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (refusal != null) {
			waiting.refuse(refusal);
		}
		else if (lend && caller != null) {
			try {
				caller.execute(() -> runLent(waiting, current));
			}
			catch (RejectedExecutionException ex) {
				giveBack(current);
				return submit(events, null);
			}
		}
		return waiting.outcome();
	}

	/**
	 * Adds to those waiting, with the lock held.
	 */
	private void enqueue(Submission waiting) {
		this.waitingEvents += waiting.size();
		this.queue.add(waiting);
		this.work.signal();
	}

	/**
	 * Fails all events that wait, as it would be in vain, and has a writer find out when
	 * it will not be.
	 */
	void refuseWaiting(PipelineUnavailableException reason) {
		List<Submission> all = new ArrayList<>();
		this.lock.lock();
		try {
			all.addAll(this.queue);
			all.addAll(this.resting);
			this.queue.clear();
			this.resting.clear();
			this.waitingEvents = 0;
			this.troubled = true;
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
		all.forEach((waiting) -> waiting.outcome().completeExceptionally(reason));
	}

	private void run(int number, int current) {
		PipelineLog.mark(this.name);
		List<Submission> group = new ArrayList<>(this.batchSize);
		boolean goesOn = true;
		while (goesOn) {
			try {
				goesOn = awaitWork(group, current);
				if (!group.isEmpty()) {
					commit(number, current, group);
				}
				else if (goesOn) {
					this.recovery.await();
				}
			}
			catch (InterruptedException ex) {
				goesOn = interrupted(group);
			}
			catch (RuntimeException | Error ex) {
				failed(number, group, ex);
			}
			if (!group.isEmpty()) {
				group.clear();
				ended();
			}
		}
	}

	/**
	 * Writes the events of the caller whose thread this is, once: what is not settled
	 * then is left to the writers.
	 */
	private void runLent(Submission waiting, int current) {
		List<Submission> group = List.of(waiting);
		try (PipelineLog log = PipelineLog.of(this.name)) {
			if (isLentFor(current)) {
				commit(this.writers, current, group);
			}
			else {
				waiting.refuse(STOPPING);
			}
		}
		catch (InterruptedException ex) {
			if (!interrupted(group)) {
				Thread.currentThread().interrupt();
			}
		}
		catch (RuntimeException | Error ex) {
			failed(this.writers, group, ex);
		}
		finally {
			giveBack(current);
		}
	}

	private boolean isLentFor(int current) {
		this.lock.lock();
		try {
			this.lentThread = Thread.currentThread();
			return this.generation == current;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveBack(int current) {
		this.lock.lock();
		try {
			this.lent = false;
			this.lentThread = null;
			this.underWay--;
			this.lentThreadIsBack.signalAll();
			if (this.generation != current) {
				// was interrupted by a stop that did not wait any longer
				Thread.interrupted();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void ended() {
		this.lock.lock();
		try {
			this.underWay--;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Refuses the events of an interrupted transaction.
	 * @return whether the thread is to go on
	 */
	private boolean interrupted(List<Submission> group) {
		group.forEach((waiting) -> waiting.refuse("the writer was interrupted"));
		this.lock.lock();
		try {
			if (!this.open) {
				return false;
			}
		}
		finally {
			this.lock.unlock();
		}
		// by a transformer: only stop() may end a writer
		logger.warn("A transformer has left its thread interrupted");
		return true;
	}

	private void failed(int number, List<Submission> group, Throwable failure) {
		logger.error("Writer {} of pipeline '{}' goes on after an unforeseen failure", number, this.name, failure);
		group.forEach((waiting) -> waiting.outcome().completeExceptionally(failure));
		if (group.isEmpty()) {
			// it was the recovery that failed, and may fail at once again
			LockSupport.parkNanos(this, Submission.REST.toNanos());
		}
		this.lock.lock();
		try {
			this.troubled = true;
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until there is something to do, and fills a group, or leaves it empty if it
	 * is to be found out whether the database works.
	 * @return whether the writer goes on
	 */
	private boolean awaitWork(List<Submission> group, int current) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (true) {
				if (this.generation != current || (!this.open && this.queue.isEmpty() && this.resting.isEmpty())) {
					return false;
				}
				if (this.troubled) {
					this.troubled = false;
					return true;
				}
				take(group);
				if (!group.isEmpty()) {
					this.underWay++;
					if (this.waitingEvents > 0) {
						// this writer may have been the only one that was woken for it
						this.work.signal();
					}
					return true;
				}
				Submission next = this.resting.peek();
				if (next == null) {
					this.work.await();
				}
				else {
					this.work.awaitNanos(next.restNanos());
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Fills a group. What one caller submitted is never taken apart, so that the last may
	 * make it larger than a batch usually is.
	 */
	private void take(List<Submission> group) {
		int size = 0;
		while (!this.resting.isEmpty() && this.resting.element().restNanos() <= 0) {
			size += remove(this.resting.remove(), group);
		}
		while (!this.queue.isEmpty() && size < this.batchSize) {
			size += remove(this.queue.remove(), group);
		}
	}

	private int remove(Submission waiting, List<Submission> group) {
		group.add(waiting);
		this.waitingEvents -= waiting.size();
		return waiting.size();
	}

	private void commit(int number, int current, List<Submission> group) throws InterruptedException {
		Submission.Settlement settlement = new Submission.Settlement(group);
		try {
			this.writer.write(number, settlement.events(), settlement);
			group.forEach((waiting) -> rest(waiting, current));
		}
		catch (PipelineUnavailableException ex) {
			group.forEach((waiting) -> waiting.outcome().completeExceptionally(ex));
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
		this.lock.lock();
		try {
			if (this.generation == current) {
				this.waitingEvents += waiting.size();
				this.resting.add(waiting);
				this.work.signal();
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		// no writer may be left to take it
		waiting.refuse(STOPPING);
	}

	/**
	 * Commits what is waiting, then stops.
	 * @param timeout how long that may take; what is not committed by then is refused
	 */
	void stop(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		this.lock.lock();
		try {
			this.open = false;
			this.work.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		try {
			awaitLentThread(deadline);
			for (Thread thread : this.threads) {
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.lock.lock();
		try {
			this.generation++;
			this.threads.forEach(Thread::interrupt);
			if (this.lentThread != null) {
				this.lentThread.interrupt();
			}
		}
		finally {
			this.lock.unlock();
		}
		refuseWaiting(new PipelineUnavailableException(STOPPING, Duration.ofSeconds(5), null));
	}

	private void awaitLentThread(long deadline) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long remaining = deadline - System.nanoTime();
			while (this.lent && remaining > 0) {
				remaining = this.lentThreadIsBack.awaitNanos(remaining);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Delivers the events of one group.
	 */
	interface BatchWriter {

		/**
		 * Delivers them. Those that are not settled when it returns are tried again a
		 * little later.
		 * @param writer the number of the writer, which no other has at the same time
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
