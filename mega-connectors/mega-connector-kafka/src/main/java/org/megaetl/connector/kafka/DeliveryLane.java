package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.ReadBatch.Mapped;
import org.megaetl.connector.kafka.ReadBatch.Part;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.pipeline.TransformedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The way of one consumer's batches to the database, in order: one thread transforms, one
 * writes, so that a consumer polls, a batch is transformed and another is written at the
 * same time. What became ready while a transaction was under way shares the next one: the
 * longer transactions take, the more rows they have. The consumer's own thread never
 * waits for the database.
 */
final class DeliveryLane {

	private static final Logger logger = LoggerFactory.getLogger(DeliveryLane.class);

	/** After how long without a batch a thread ends, until there is one again. */
	private static final long IDLE_SECONDS = 10;

	private final String name;

	private final PullPipeline pipeline;

	private final RecordMapper mapper;

	private final BrokerPatience patience;

	private final ClaimAttempts claims;

	private final @Nullable SchemaDecoder decoder;

	private final Reader reader;

	private volatile ExecutorService transforming;

	private volatile ExecutorService writing;

	private final BatchRoom room;

	private List<Transformed> ready = new ArrayList<>();

	DeliveryLane(String name, PullPipeline pipeline, RecordMapper mapper, KafkaTopics topics, PartitionClaimer claimer,
			@Nullable SchemaDecoder decoder, BatchRoom room, Reader reader) {
		this.name = name;
		this.pipeline = pipeline;
		this.mapper = mapper;
		this.patience = new BrokerPatience(pipeline);
		this.claims = new ClaimAttempts(pipeline, topics, claimer, this.patience, reader);
		this.decoder = decoder;
		this.room = room;
		this.reader = reader;
		this.transforming = singleThread(name + "-transform-");
		this.writing = singleThread(name + "-write-");
	}

	private static ExecutorService singleThread(String name) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new CustomizableThreadFactory(name));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Begins anew after a stop, with nothing of what was under way then.
	 */
	void start() {
		if (this.transforming.isShutdown()) {
			takeReady();
			this.room.clear();
			this.transforming = singleThread(this.name + "-transform-");
			this.writing = singleThread(this.name + "-write-");
		}
	}

	/**
	 * Has a batch written after those before.
	 */
	void deliver(ReadBatch batch) {
		BatchRoom.Size size = batch.size();
		this.room.take(size);
		if (!execute(this.transforming, () -> transform(batch, size))) {
			this.room.release(size);
		}
	}

	/**
	 * Has partitions claimed after all batches before, which may have been read of them.
	 */
	void claim(Collection<AssignedPartition> partitions) {
		execute(this.transforming, () -> execute(this.writing, () -> this.claims.claim(partitions)));
	}

	/**
	 * Has it looked up whether topics are still those that were claimed, before what is
	 * delivered next is written. Of partitions of others, only what was delivered before
	 * is.
	 */
	void check(Collection<AssignedPartition> partitions) {
		execute(this.transforming, () -> this.claims.check(partitions));
	}

	/**
	 * Ends the threads: a batch that is being committed is finished, another is not
	 * begun.
	 * @param callback called when both have ended
	 */
	void stop(Runnable callback) {
		this.transforming.shutdownNow();
		this.writing.shutdownNow();
		new Thread(() -> {
			await(this.transforming);
			await(this.writing);
			callback.run();
		}, "mega-kafka-stop").start();
	}

	private static void await(ExecutorService executor) {
		try {
			while (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
				logger.debug("Still waiting for a batch under way");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean execute(ExecutorService executor, Runnable task) {
		try {
			executor.execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The adapter stops", ex);
			return false;
		}
	}

	private synchronized void ready(Transformed batch) {
		this.ready.add(batch);
	}

	private synchronized List<Transformed> takeReady() {
		List<Transformed> taken = this.ready;
		this.ready = new ArrayList<>();
		return taken;
	}

	private void transform(ReadBatch batch, BatchRoom.Size size) {
		boolean handedOn = false;
		try {
			ReadBatch alive = batch.current();
			if (!alive.isEmpty()) {
				Mapped mapped = alive.map(this.mapper);
				if (prepare(alive, mapped.events())) {
					ready(new Transformed(alive, mapped.skipped(), this.pipeline.transform(mapped.events()), size));
					handedOn = execute(this.writing, this::writeReady);
				}
			}
		}
		catch (InterruptedException ex) {
			stopped(ex);
		}
		catch (PipelineUnavailableException ex) {
			logger.debug("Not transformed", ex);
			this.reader.lost(partitions(List.of(batch)));
		}
		catch (RuntimeException | Error ex) {
			failed(List.of(batch), ex);
		}
		finally {
			if (!handedOn) {
				this.room.release(size);
			}
		}
	}

	/**
	 * Has at hand what events are decoded with.
	 * @return whether the batch is still to be written
	 */
	private boolean prepare(ReadBatch batch, EventBatch events) throws InterruptedException {
		SchemaDecoder preparing = this.decoder;
		return preparing == null || this.patience.ask(() -> !batch.alive().isEmpty(), () -> {
			preparing.check(events.events());
			return true;
		}) != null;
	}

	/**
	 * Writes what is ready in one transaction: nothing, if that went with a batch before.
	 */
	private void writeReady() {
		List<Transformed> taken = takeReady();
		if (taken.isEmpty()) {
			return;
		}
		List<ReadBatch> batches = taken.stream().map(Transformed::batch).toList();
		try {
			if (!this.pipeline.awaitRunning()) {
				return;
			}
			ReadBatch batch = ReadBatch.of(batches);
			ReadBatch alive = batch.alive();
			if (alive.parts().size() == batch.parts().size()) {
				long skipped = taken.stream().mapToLong(Transformed::skipped).sum();
				List<TransformedBatch> transformed = taken.stream().map(Transformed::events).toList();
				settle(alive, skipped, this.pipeline.deliver(TransformedBatch.of(transformed)));
			}
			else if (!alive.isEmpty()) {
				Mapped rest = alive.map(this.mapper);
				settle(alive, rest.skipped(), this.pipeline.deliver(rest.events()));
			}
		}
		catch (InterruptedException ex) {
			stopped(ex);
		}
		catch (PipelineUnavailableException ex) {
			logger.debug("Not written", ex);
			this.reader.lost(partitions(batches));
		}
		catch (RuntimeException | Error ex) {
			failed(batches, ex);
		}
		finally {
			taken.forEach((each) -> this.room.release(each.size()));
		}
	}

	private void settle(ReadBatch batch, long skipped, BatchResult result) {
		for (Part part : batch.parts()) {
			if (result.lostKeys().contains(part.partition().claim().key())) {
				this.reader.lost(List.of(part.partition()));
			}
			else {
				part.partition().stored(part.to());
			}
		}
		if (skipped > 0) {
			this.pipeline.countSkipped(skipped);
		}
	}

	private static void stopped(InterruptedException ex) {
		logger.debug("The adapter stops; what is not committed will be read again", ex);
		Thread.currentThread().interrupt();
	}

	private void failed(List<ReadBatch> batches, Throwable failure) {
		logger.error("Pipeline '{}': a batch failed and will be read again", this.pipeline.name(), failure);
		this.pipeline.fail("A batch failed unexpectedly: " + failure);
		this.reader.lost(partitions(batches));
	}

	private static List<AssignedPartition> partitions(List<ReadBatch> batches) {
		return batches.stream().flatMap((batch) -> batch.parts().stream()).map(Part::partition).distinct().toList();
	}

	/**
	 * A batch that is ready to be written.
	 *
	 * @param batch what was read
	 * @param skipped how many of its records were left out
	 * @param events its events
	 * @param size what it takes of the room
	 */
	private record Transformed(ReadBatch batch, long skipped, TransformedBatch events, BatchRoom.Size size) {

	}

	/**
	 * What only the consumer's thread may change. May be called by any thread.
	 */
	interface Reader {

		/**
		 * Partitions are to be claimed anew.
		 */
		void lost(Collection<AssignedPartition> partitions);

		/**
		 * Partitions are of other topics, and are to be claimed anew. What was delivered
		 * of them before may be nowhere else any more, and is still written.
		 */
		void superseded(Collection<AssignedPartition> partitions);

		/**
		 * Topics may be others than they were: that is to be looked up again.
		 */
		void suspect();

		/**
		 * Partitions can be read from their positions; those that could not be claimed
		 * are to be claimed later.
		 */
		void claimed(Collection<AssignedPartition> tried);

	}

}
