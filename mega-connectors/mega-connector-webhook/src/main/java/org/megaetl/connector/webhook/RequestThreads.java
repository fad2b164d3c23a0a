package org.megaetl.connector.webhook;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.tomcat.util.threads.TaskQueue;
import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's threads, of which some can be {@link Lender lent}.
 */
final class RequestThreads extends ThreadPoolExecutor {

	/**
	 * A database that stalls keeps no more than one of so many threads from reading
	 * requests.
	 */
	private static final int LENT_PART = 4;

	private final AtomicInteger lent = new AtomicInteger();

	RequestThreads(int minimum, int maximum, long idleMillis, TaskQueue queue, TaskThreadFactory factory) {
		super(minimum, maximum, idleMillis, TimeUnit.MILLISECONDS, queue, factory);
		queue.setParent(this);
	}

	@Override
	protected void beforeExecute(Thread thread, Runnable task) {
		super.beforeExecute(thread, task);
		Lender.register(this.lent, getMaximumPoolSize() / LENT_PART);
	}

	@Override
	protected void afterExecute(Runnable task, @Nullable Throwable failure) {
		try {
			Lender.doWhatWasPutAside();
		}
		finally {
			// counts the thread as busy until here
			super.afterExecute(task, failure);
		}
	}

	@Override
	public void execute(Runnable task) {
		if (!Lender.keep(task)) {
			super.execute(task);
		}
	}

}
