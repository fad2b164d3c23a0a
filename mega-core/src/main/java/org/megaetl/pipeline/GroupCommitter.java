package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.CommitQueue.Loan;
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

	private final CommitQueue queue;

	private final PipelineName name;

	private final int writers;

	private final BatchWriter writer;

	private final Recovery recovery;

	private final List<Thread> threads = new ArrayList<>();

	/**
	 * Creates a committer.
	 * @param name names its threads
	 * @param options how many transactions at once, of how many events, and how many may
	 * wait
	 * @param writer delivers a batch
	 * @param recovery waits after a batch that could not be delivered
	 */
	GroupCommitter(PipelineName name, PipelineOptions options, BatchWriter writer, Recovery recovery) {
		this.queue = new CommitQueue(options.batchSize(), options.maxWaiting());
		this.writer = writer;
		this.recovery = recovery;
		this.name = name;
		this.writers = options.writers();
	}

	synchronized void start() {
		int current = this.queue.open();
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
	 * @param caller runs the transaction of events that would have to wake a writer, or
	 * {@code null} for a writer to be woken
	 * @return completed once all of them are settled, with what became of each; completed
	 * exceptionally with a {@link PipelineUnavailableException} if they cannot be now
	 */
	CompletableFuture<List<EventOutcome>> submit(List<PendingEvent> events, @Nullable Executor caller) {
		Submission waiting = new Submission(events);
		Loan loan = this.queue.offer(waiting, caller != null);
		if (loan != null && caller != null) {
			try {
				caller.execute(() -> runLent(waiting, loan));
			}
			catch (RejectedExecutionException ex) {
				loan.end();
				return submit(events, null);
			}
		}
		return waiting.outcome();
	}

	/**
	 * Fails all events that wait, as it would be in vain, and has a writer find out when
	 * it will not be.
	 */
	void refuseWaiting(PipelineUnavailableException reason) {
		this.queue.giveUp().forEach((waiting) -> waiting.outcome().completeExceptionally(reason));
	}

	private void run(int number, int current) {
		PipelineLog.mark(this.name);
		List<Submission> group = new ArrayList<>();
		boolean goesOn = true;
		while (goesOn) {
			try {
				goesOn = this.queue.await(group, current);
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
				this.queue.ended();
			}
		}
	}

	/**
	 * Writes the events of the caller whose thread this is, once: what is not settled
	 * then is left to the writers.
	 */
	private void runLent(Submission waiting, Loan loan) {
		List<Submission> group = List.of(waiting);
		try (PipelineLog log = PipelineLog.of(this.name)) {
			if (loan.begin()) {
				commit(this.writers, loan.generation(), group);
			}
			else {
				waiting.refuse(CommitQueue.STOPPING);
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
			loan.end();
		}
	}

	/**
	 * Refuses the events of an interrupted transaction.
	 * @return whether the thread is to go on
	 */
	private boolean interrupted(List<Submission> group) {
		group.forEach((waiting) -> waiting.refuse("the writer was interrupted"));
		if (!this.queue.isOpen()) {
			return false;
		}
		// only stop() may end a writer
		logger.warn("A writer goes on that was interrupted, by a transformer or by a web server that is stopping");
		return true;
	}

	private void failed(int number, List<Submission> group, Throwable failure) {
		logger.error("Writer {} of pipeline '{}' goes on after an unforeseen failure", number, this.name, failure);
		group.forEach((waiting) -> waiting.outcome().completeExceptionally(failure));
		if (group.isEmpty()) {
			// it was the recovery that failed, and may fail at once again
			LockSupport.parkNanos(this, Submission.REST.toNanos());
		}
		this.queue.troubled();
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
		}
		else if (!this.queue.rest(waiting, current)) {
			waiting.refuse(CommitQueue.STOPPING);
		}
	}

	/**
	 * Commits what is waiting, then stops.
	 * @param timeout how long that may take; what is not committed by then is refused
	 */
	synchronized void stop(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		this.queue.close();
		try {
			this.queue.awaitLentThread(deadline);
			for (Thread thread : this.threads) {
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.queue.endGeneration();
		this.threads.forEach(Thread::interrupt);
		this.queue.giveUp().forEach((waiting) -> waiting.refuse(CommitQueue.STOPPING));
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
