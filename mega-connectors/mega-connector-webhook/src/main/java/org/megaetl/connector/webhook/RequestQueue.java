package org.megaetl.connector.webhook;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.tomcat.util.threads.TaskQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a thread of the server. Sleeping threads are woken one after
 * the other: the next only when the last has looked for a task and left others. Tomcat's
 * queue has each thread that takes one of several tasks wake another, of which most find
 * nothing left, as to be woken takes longer than most tasks.
 */
final class RequestQueue extends TaskQueue {

	private static final long serialVersionUID = 1L;

	private final transient ReentrantLock lock = new ReentrantLock();

	private final transient Condition tasks = this.lock.newCondition();

	/** Whether a thread was woken that has not looked for a task yet. */
	private volatile boolean waking;

	RequestQueue(int capacity) {
		super(capacity);
	}

	@Override
	public boolean offer(Runnable task) {
		return added(super.offer(task));
	}

	@Override
	public boolean force(Runnable task) {
		return added(super.force(task));
	}

	private boolean added(boolean added) {
		// a thread that is being woken looks after this, and so finds the task
		if (added && !this.waking) {
			this.lock.lock();
			try {
				wake();
			}
			finally {
				this.lock.unlock();
			}
		}
		return added;
	}

	/**
	 * Wakes a thread if there is a task for it and none is being woken, with the lock
	 * held.
	 */
	private void wake() {
		if (!this.waking && !isEmpty() && this.lock.hasWaiters(this.tasks)) {
			this.waking = true;
			this.tasks.signal();
		}
	}

	@Override
	public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
		Runnable task = poll();
		if (task == null) {
			task = await(unit.toNanos(timeout));
		}
		// which ends the thread if its time is over
		return (task != null) ? task : super.poll(0, unit);
	}

	@Override
	public Runnable take() throws InterruptedException {
		Runnable task = poll();
		while (task == null) {
			task = await(Long.MAX_VALUE);
		}
		return task;
	}

	private @Nullable Runnable await(long timeout) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long nanos = timeout;
			Runnable task = poll();
			while (task == null && nanos > 0) {
				try {
					nanos = this.tasks.awaitNanos(nanos);
				}
				finally {
					this.waking = false;
				}
				task = poll();
			}
			return task;
		}
		finally {
			// before the task that was taken, which may block
			wake();
			this.lock.unlock();
		}
	}

}
