package org.megaetl.connector.ethereum;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineName;

/**
 * Reads ranges of blocks at the same time, and hands them out in order. What is read and
 * not yet written is bounded.
 */
final class ReadAhead implements AutoCloseable {

	private static final long PATIENCE_MILLIS = 200;

	private final PipelineName pipeline;

	private final ChainReader reader;

	private final ExecutorService threads;

	private final int most;

	private final Heads heads;

	private final Deque<Range> ranges = new ArrayDeque<>();

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
	 * @param stillLeads asked now and then while that is being read, so that a lease does
	 * not end meanwhile: two instances that read longer than it lasts would take turns,
	 * and neither would ever write
	 * @return its blocks, or {@code null} if this instance is not to read any more
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws RuntimeException if it could not be read
	 */
	@Nullable List<BlockData> next(BooleanSupplier stillLeads) throws InterruptedException {
		while (this.ranges.size() < this.most && this.next <= this.heads.target()) {
			submit();
		}
		try {
			while (true) {
				Range range = this.ranges.element();
				List<BlockData> blocks = poll(range.blocks());
				if (blocks != null) {
					this.ranges.remove();
					long last = blocks.get(blocks.size() - 1).header().number();
					if (last < range.last()) {
						readOnAfter(last);
					}
					return blocks;
				}
				if (!stillLeads.getAsBoolean()) {
					return null;
				}
			}
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			// such as too little memory, which no other endpoint can help with
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * A range that was cut short was too large, and so are those that were asked for with
	 * it.
	 */
	private void readOnAfter(long last) {
		close();
		this.ranges.clear();
		this.next = last + 1;
	}

	private static @Nullable List<BlockData> poll(Future<List<BlockData>> range)
			throws InterruptedException, ExecutionException {
		try {
			return range.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			// it takes longer
			return null;
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
		this.ranges.add(new Range(this.threads.submit(() -> read(from, to, isFinal)), to));
		this.next = to + 1;
	}

	private List<BlockData> read(long from, long to, boolean isFinal) throws InterruptedException {
		try (PipelineLog log = PipelineLog.of(this.pipeline)) {
			return this.reader.read(from, to, isFinal);
		}
	}

	@Override
	public void close() {
		this.ranges.forEach((range) -> range.blocks().cancel(true));
	}

	/**
	 * A range that is being read.
	 *
	 * @param blocks its blocks, once they are there
	 * @param last the number of its last block
	 */
	private record Range(Future<List<BlockData>> blocks, long last) {

	}

}
