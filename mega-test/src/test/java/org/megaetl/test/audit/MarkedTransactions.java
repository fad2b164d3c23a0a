package org.megaetl.test.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/**
 * Lingers around the commit of each batch, and leaves marks outside of the process that
 * say where each thread is.
 */
final class MarkedTransactions implements PlatformTransactionManager {

	/** Everything of a batch is written, nothing is committed. */
	static final byte WRITTEN = 'w';

	/** The batch is committed, the adapter does not know it yet. */
	static final byte COMMITTED = 'c';

	/** Anything else, commit under way included. */
	static final byte BUSY = 'b';

	private static final ThreadLocal<Boolean> eventSeen = ThreadLocal.withInitial(() -> false);

	private final PlatformTransactionManager delegate;

	private final FileChannel marks;

	private final int mostMillis;

	private final Random random;

	private final AtomicInteger threads = new AtomicInteger();

	private final ThreadLocal<Integer> thread = ThreadLocal.withInitial(this.threads::getAndIncrement);

	MarkedTransactions(PlatformTransactionManager delegate, Path marks, int mostMillis, long seed) {
		this.delegate = delegate;
		this.mostMillis = mostMillis;
		this.random = new Random(seed);
		try {
			this.marks = FileChannel.open(marks, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Tells that the next transaction of this thread is a batch's.
	 */
	static void eventOfThisThread() {
		eventSeen.set(true);
	}

	@Override
	public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
		return this.delegate.getTransaction(definition);
	}

	@Override
	public void commit(TransactionStatus status) {
		if (!eventSeen.get()) {
			this.delegate.commit(status);
			return;
		}
		mark(WRITTEN);
		linger();
		mark(BUSY);
		this.delegate.commit(status);
		eventSeen.set(false);
		mark(COMMITTED);
		linger();
		mark(BUSY);
	}

	@Override
	public void rollback(TransactionStatus status) {
		this.delegate.rollback(status);
	}

	private void linger() {
		if (this.mostMillis > 0) {
			Pauses.pause(this.random.nextInt(this.mostMillis));
		}
	}

	private void mark(byte mark) {
		try {
			this.marks.write(ByteBuffer.wrap(new byte[] { mark }), this.thread.get());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
