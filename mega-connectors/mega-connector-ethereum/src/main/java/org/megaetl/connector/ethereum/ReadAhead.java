package org.megaetl.connector.ethereum;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineName;

/**
 * Reads ranges of blocks at the same time, and hands them out in order. What is read and
 * not yet written is bounded.
 */
final class ReadAhead implements AutoCloseable {

	private final PipelineName pipeline;

	private final ChainReader reader;

	private final ExecutorService threads;

	private final int most;

	private final Heads heads;

	private final Deque<Future<List<BlockData>>> ranges = new ArrayDeque<>();

	private long next;

	ReadAhead(PipelineName pipeline, ChainReader reader, ExecutorService threads, int most, long next, Heads heads) {
		this.pipeline = pipeline;
		this.reader = reader;
		this.threads = threads;
		this.most = most;
		this.next = next;
		this.heads = heads;
	}

	boolean hasNext() {
		return !this.ranges.isEmpty() || this.next <= this.heads.target();
	}

	/**
	 * Returns the next range.
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws RuntimeException if it could not be read
	 */
	List<BlockData> next() throws InterruptedException {
		while (this.ranges.size() < this.most && this.next <= this.heads.target()) {
			submit();
		}
		try {
			List<BlockData> blocks = this.ranges.element().get();
			this.ranges.remove();
			return blocks;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * A range does not go beyond what is final: from there, blocks are asked for one by
	 * one.
	 */
	private void submit() {
		long from = this.next;
		boolean isFinal = from <= this.heads.finalized();
		long limit = isFinal ? Math.min(this.heads.target(), this.heads.finalized()) : this.heads.target();
		long to = Math.min(limit, from + this.reader.rangeSize() - 1);
		this.ranges.add(this.threads.submit(() -> read(from, to, isFinal)));
		this.next = to + 1;
	}

	private List<BlockData> read(long from, long to, boolean isFinal) throws InterruptedException {
		try (PipelineLog log = PipelineLog.of(this.pipeline)) {
			return this.reader.read(from, to, isFinal);
		}
	}

	@Override
	public void close() {
		this.ranges.forEach((range) -> range.cancel(true));
	}

}
