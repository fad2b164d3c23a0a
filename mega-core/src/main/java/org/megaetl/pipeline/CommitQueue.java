package org.megaetl.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * What waits for the writers of a {@link GroupCommitter}, and who is one: its own
 * threads, and the thread of a caller while that is lent.
 */
final class CommitQueue {

	static final String STOPPING = "the application is stopping";

	private final ReentrantLock lock = new ReentrantLock();

	/** There may be something to do for a writer that sleeps. */
	private final Condition work = this.lock.newCondition();

	private final Condition lentThreadIsBack = this.lock.newCondition();

	private final Deque<Submission> queue = new ArrayDeque<>();

	/** What could not be settled, the oldest first. */
	private final Deque<Submission> resting = new ArrayDeque<>();

	private final int batchSize;

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

	private boolean open;

	/**
	 * Counts the stops: a writer that outlived one must not go on, nor leave anything.
	 */
	private int generation;

	/**
	 * Creates a queue that takes nothing yet.
	 * @param batchSize how many events a group usually has at most
	 * @param maxWaiting how many events may wait
	 */
	CommitQueue(int batchSize, int maxWaiting) {
		this.batchSize = batchSize;
		this.maxWaiting = maxWaiting;
	}

	/**
	 * Takes events from now on.
	 * @return the generation of the writers that are to write them
	 */
	int open() {
		this.lock.lock();
		try {
			this.open = true;
			return this.generation;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Refuses events from now on. Writers end when nothing waits any more.
	 */
	void close() {
		this.lock.lock();
		try {
			this.open = false;
			this.work.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isOpen() {
		this.lock.lock();
		try {
			return this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the present generation: its writers take nothing more, and a thread that is
	 * lent is interrupted.
	 */
	void endGeneration() {
		this.lock.lock();
		try {
			this.generation++;
			if (this.lentThread != null) {
				this.lentThread.interrupt();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes what a caller submits, or refuses it.
	 * @param lendable whether the caller's thread may write it
	 * @return what the caller's thread is lent with, if nobody else writes it; or
	 * {@code null}
	 */
	@Nullable Loan offer(Submission waiting, boolean lendable) {
		String refusal;
		this.lock.lock();
		try {
			if (!this.open) {
				refusal = STOPPING;
			}
			else if (this.waitingEvents > 0 && this.waitingEvents + waiting.size() > this.maxWaiting) {
				refusal = this.waitingEvents + " events are waiting for the database already";
			}
			else if (lendable && !this.lent && this.underWay == 0 && this.waitingEvents == 0) {
				this.lent = true;
				this.underWay++;
				return new Loan(this.generation);
			}
			else {
				this.waitingEvents += waiting.size();
				this.queue.add(waiting);
				this.work.signal();
				return null;
			}
		}
		finally {
			this.lock.unlock();
		}
		waiting.refuse(refusal);
		return null;
	}

	/**
	 * Lets events rest until they are tried again.
	 * @param current the generation of their writer
	 * @return {@code false} if no writer may be left to take them
	 */
	boolean rest(Submission waiting, int current) {
		this.lock.lock();
		try {
			if (this.generation != current) {
				return false;
			}
			this.waitingEvents += waiting.size();
			this.resting.add(waiting);
			this.work.signal();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes all that waits out, as it would be in vain to try it, and has a writer find
	 * out when it will not be.
	 */
	List<Submission> giveUp() {
		this.lock.lock();
		try {
			List<Submission> all = new ArrayList<>(this.queue);
			all.addAll(this.resting);
			this.queue.clear();
			this.resting.clear();
			this.waitingEvents = 0;
			troubled();
			return all;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Has a writer find out whether the database works.
	 */
	void troubled() {
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
	 * @param group an empty list
	 * @param current the writer's generation
	 * @return whether the writer goes on
	 */
	boolean await(List<Submission> group, int current) throws InterruptedException {
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
			size += move(this.resting.remove(), group);
		}
		while (!this.queue.isEmpty() && size < this.batchSize) {
			size += move(this.queue.remove(), group);
		}
	}

	private int move(Submission waiting, List<Submission> group) {
		group.add(waiting);
		this.waitingEvents -= waiting.size();
		return waiting.size();
	}

	/**
	 * Notes that the group of a writer is not under way any more.
	 */
	void ended() {
		this.lock.lock();
		try {
			this.underWay--;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until no thread is lent.
	 * @param deadline until when at most, as {@link System#nanoTime()} has it
	 */
	void awaitLentThread(long deadline) throws InterruptedException {
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
	 * A caller's thread is lent for one group.
	 */
	final class Loan {

		private final int generation;

		private Loan(int generation) {
			this.generation = generation;
		}

		/**
		 * Returns the generation of writers that the thread belongs to.
		 */
		int generation() {
			return this.generation;
		}

		/**
		 * The current thread is the one that is lent.
		 * @return {@code false} if that is too late, as there was a stop
		 */
		boolean begin() {
			CommitQueue.this.lock.lock();
			try {
				CommitQueue.this.lentThread = Thread.currentThread();
				return CommitQueue.this.generation == this.generation;
			}
			finally {
				CommitQueue.this.lock.unlock();
			}
		}

		/**
		 * The thread is its owner's again.
		 */
		void end() {
			CommitQueue.this.lock.lock();
			try {
				CommitQueue.this.lent = false;
				CommitQueue.this.lentThread = null;
				CommitQueue.this.underWay--;
				CommitQueue.this.lentThreadIsBack.signalAll();
				if (CommitQueue.this.generation != this.generation) {
					// was interrupted by a stop that did not wait any longer
					Thread.interrupted();
				}
			}
			finally {
				CommitQueue.this.lock.unlock();
			}
		}

	}

}
