package org.megaetl.connector.webhook;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends a thread of the server: what a servlet puts aside, its thread does after it has
 * let go of the request, which waits as any asynchronous one does, with its time limit.
 * If that leads to the request's answer, the same thread sends it. So no thread is woken
 * for a lone request but the one that reads it, and none waits for the database that has
 * a request in its hands. Only to be used by its thread, but for {@link #answer}.
 */
final class Lender implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(Lender.class);

	private static final ThreadLocal<Lender> lenders = new ThreadLocal<>();

	private final Thread thread = Thread.currentThread();

	private final AtomicInteger lent;

	private final int mostLent;

	private @Nullable Runnable aside;

	private @Nullable Runnable answer;

	/** Whether the thread does what was put aside, and looks for an answer after it. */
	private boolean working;

	private boolean answering;

	private Lender(AtomicInteger lent, int mostLent) {
		this.lent = lent;
		this.mostLent = mostLent;
	}

	/**
	 * Lets the current thread be lent from now on.
	 * @param lent counts the threads that are lent
	 * @param mostLent how many may be at once
	 */
	static void register(AtomicInteger lent, int mostLent) {
		if (lenders.get() == null) {
			lenders.set(new Lender(lent, mostLent));
		}
	}

	/**
	 * Returns what lends the current thread, or {@code null} if it cannot be lent now.
	 */
	static @Nullable Lender current() {
		Lender lender = lenders.get();
		return (lender != null && lender.aside == null && lender.lent.get() < lender.mostLent) ? lender : null;
	}

	/**
	 * Puts work aside until the thread has let go of the request.
	 */
	@Override
	public void execute(Runnable work) {
		if (this.aside != null) {
			throw new RejectedExecutionException("There is something put aside already");
		}
		this.lent.incrementAndGet();
		this.aside = work;
	}

	/**
	 * Completes the request whose thread was lent. If that is done by this thread, it
	 * will send the answer as well.
	 * @param completion completes it
	 */
	void answer(Runnable completion) {
		if (Thread.currentThread() != this.thread || !this.working) {
			completion.run();
			return;
		}
		this.answering = true;
		try {
			completion.run();
		}
		finally {
			this.answering = false;
		}
	}

	/**
	 * Keeps a task for the current thread, if it is what sends the answer.
	 * @return whether it is
	 */
	static boolean keep(Runnable task) {
		Lender lender = lenders.get();
		if (lender == null || !lender.answering || lender.answer != null) {
			return false;
		}
		lender.answer = task;
		return true;
	}

	/**
	 * Does what the current thread has put aside, if anything.
	 */
	static void doWhatWasPutAside() {
		Lender lender = lenders.get();
		if (lender != null) {
			lender.run();
		}
	}

	private void run() {
		while (this.aside != null) {
			Runnable work = this.aside;
			this.working = true;
			run(work);
			this.working = false;
			this.aside = null;
			this.lent.decrementAndGet();
			Runnable task = this.answer;
			if (task != null) {
				this.answer = null;
				// may go on with the next request of that sender
				run(task);
			}
		}
	}

	/**
	 * Runs what has nobody to hear of its failure. The thread must not end of it: it may
	 * have put something aside again.
	 */
	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("What was put aside for a thread of the server has failed", ex);
		}
	}

}
