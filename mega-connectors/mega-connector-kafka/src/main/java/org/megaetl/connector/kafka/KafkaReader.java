package org.megaetl.connector.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PullPipeline;

import org.springframework.kafka.event.ConsumerStoppedEvent.Reason;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.support.Acknowledgment;

/**
 * One consumer's side of the work. Everything here happens in the consumer's thread,
 * between its polls, which go on whatever the database does: a consumer that stopped
 * polling would lose its partitions.
 */
final class KafkaReader
		implements BatchMessageListener<byte[], byte[]>, ConsumerAwareRebalanceListener, DeliveryLane.Reader {

	/** How long a poll waits for records where nothing else is to be done. */
	static final Duration IDLE = Duration.ofSeconds(2);

	/** How long it waits while something may be to be done after it. */
	private static final Duration BUSY = Duration.ofMillis(500);

	private static final long WAIT_MILLIS = 100;

	private static final long OBSERVE_NANOS = BUSY.toNanos();

	private final PullPipeline pipeline;

	private final DeliveryLane lane;

	private final BatchRoom room;

	private final ConsumerWatch watch;

	private final CommittedOffsets offsets = new CommittedOffsets();

	private final ConsumerPartitions partitions;

	private final PollFailures failures;

	private final RecordHandover handover;

	/** What is to be done before the next poll, mostly for other threads. */
	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/** What the last poll threw. */
	private @Nullable RuntimeException failure;

	/** Whether the last poll had no records. */
	private boolean empty;

	/** Whether there was nothing to do when that was looked at last. */
	private boolean idle;

	/** How often the pipeline had been resumed when that was looked at last. */
	private int resumptions;

	private long observed = System.nanoTime();

	KafkaReader(PullPipeline pipeline, Clock clock, BatchRoom room, Function<DeliveryLane.Reader, DeliveryLane> lane) {
		this.pipeline = pipeline;
		this.resumptions = pipeline.resumptions();
		this.watch = new ConsumerWatch(pipeline, clock);
		this.room = room;
		this.lane = lane.apply(this);
		this.partitions = new ConsumerPartitions(this.lane);
		this.failures = new PollFailures(pipeline, this.partitions);
		this.handover = new RecordHandover(this.lane, this.partitions);
	}

	/**
	 * Polls, with what is to be done between two polls. All of it is done before the
	 * poll: what failed after it would take its records with it, and the consumer would
	 * stand behind them.
	 * @param consumer the consumer
	 * @param poll its own way to poll
	 * @param timeout how long to wait for records at most
	 * @return the records
	 */
	ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer,
			Function<Duration, ConsumerRecords<byte[], byte[]>> poll, Duration timeout) {
		if (!this.partitions.belongTo(consumer)) {
			PipelineLog.mark(this.pipeline.name());
			use(consumer);
		}
		this.failure = null;
		try {
			boolean room = prepare(consumer);
			ConsumerRecords<byte[], byte[]> records = pollOnce(poll, shorter(room, timeout));
			this.empty = records.isEmpty();
			this.idle &= this.empty;
			return records;
		}
		catch (WakeupException ex) {
			return ConsumerRecords.empty();
		}
		catch (InterruptException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.failure = ex;
			// such as refused credentials, which the container handles alone
			this.watch.unavailable(String.valueOf(ex));
			// and for longer than it may take to reset a position
			startOver();
			throw ex;
		}
	}

	/**
	 * Does what is to be done between two polls.
	 * @return whether there is room for what is polled
	 */
	private boolean prepare(Consumer<byte[], byte[]> consumer) {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
		this.partitions.retry();
		if (System.nanoTime() - this.observed > OBSERVE_NANOS) {
			this.observed = System.nanoTime();
			observe(consumer);
		}
		boolean room = awaitRoom();
		this.partitions.hold(!room);
		return room;
	}

	private void observe(Consumer<byte[], byte[]> consumer) {
		// first, as all else may fail for as long as polls do
		noticeResumption();
		if (this.empty) {
			this.handover.moveOverGaps(consumer);
		}
		// before the positions are looked at: what is written later is not settled yet
		boolean settled = this.empty && this.room.isEmpty();
		boolean available = this.watch.observe(consumer, this.partitions);
		boolean committed = !this.offsets.commit(consumer, this.partitions.reading());
		this.idle = settled && available && committed && this.pipeline.status().state() == PipelineState.RUNNING;
	}

	/**
	 * Returns how long to poll at most: not longer than what may have to be done after it
	 * can wait.
	 */
	private Duration shorter(boolean room, Duration timeout) {
		Duration shorter = BUSY;
		if (!room) {
			shorter = Duration.ZERO;
		}
		else if (!this.partitions.areAllRead()) {
			shorter = Duration.ofMillis(WAIT_MILLIS / 2);
		}
		else if (this.idle) {
			return timeout;
		}
		return (timeout.compareTo(shorter) < 0) ? timeout : shorter;
	}

	private boolean awaitRoom() {
		try {
			return this.room.await(WAIT_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptException(ex);
		}
	}

	private ConsumerRecords<byte[], byte[]> pollOnce(Function<Duration, ConsumerRecords<byte[], byte[]>> poll,
			Duration timeout) {
		try {
			ConsumerRecords<byte[], byte[]> records = poll.apply(timeout);
			this.watch.polled(this.partitions);
			return records;
		}
		catch (RuntimeException ex) {
			if (this.failures.isOfSome(ex)) {
				return ConsumerRecords.empty();
			}
			throw ex;
		}
	}

	@Override
	public boolean wantsPollResult() {
		return true;
	}

	@Override
	public void onMessage(ConsumerRecords<byte[], byte[]> records, @Nullable Acknowledgment acknowledgment,
			Consumer<byte[], byte[]> consumer) {
		this.handover.handOver(records);
	}

	@Override
	public void onMessage(List<ConsumerRecord<byte[], byte[]>> records) {
		throw new IllegalStateException("The container hands over what was polled");
	}

	@Override
	public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		this.partitions.assign(consumer, partitions);
	}

	/**
	 * What is under way of these partitions is not waited for: it is committed before
	 * somebody else claims them, or never.
	 */
	@Override
	public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		this.offsets.commitNow(consumer, this.partitions.reading(partitions));
		letGo(partitions);
	}

	@Override
	public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		letGo(partitions);
	}

	private void letGo(Collection<TopicPartition> partitions) {
		this.partitions.letGo(partitions);
		partitions.forEach(this.offsets::forget);
	}

	@Override
	public void lost(Collection<AssignedPartition> partitions) {
		partitions.forEach(AssignedPartition::go);
		this.tasks.add(() -> this.partitions.claimAgain(partitions));
	}

	@Override
	public void superseded(Collection<AssignedPartition> partitions) {
		partitions.forEach(AssignedPartition::supersede);
		this.tasks.add(() -> this.partitions.claimAgain(partitions));
	}

	@Override
	public void suspect() {
		this.handover.suspect();
	}

	@Override
	public void claimed(Collection<AssignedPartition> tried) {
		this.tasks.add(() -> {
			this.partitions.claimed(tried);
			// their topics may have become others since, before they were read
			suspect();
		});
	}

	/**
	 * Takes a new consumer, which has no partitions yet.
	 */
	private void use(Consumer<byte[], byte[]> consumer) {
		letGo(List.copyOf(this.partitions.assigned()));
		this.partitions.use(consumer);
		this.watch.use(consumer);
		this.empty = false;
		this.idle = false;
		// it has no connection yet
		this.observed = System.nanoTime();
	}

	/**
	 * Claims all anew after a rest, in which positions may have been reset: where no
	 * record comes, nobody would notice.
	 */
	private void noticeResumption() {
		int now = this.pipeline.resumptions();
		if (now != this.resumptions) {
			this.resumptions = now;
			this.partitions.claimAgain(List.copyOf(this.partitions.reading()));
		}
	}

	/**
	 * Says that there is no consumer yet, before it starts.
	 * @param reason why
	 */
	void unavailable(String reason) {
		this.watch.unavailable(reason);
	}

	/**
	 * Says that the consumer has ended, in its thread.
	 * @param reason why
	 */
	void ended(Reason reason) {
		unavailable("a consumer has ended (" + reason + ((this.failure != null) ? ": " + this.failure : "")
				+ ") and is started again");
	}

	ConsumerWatch.Snapshot snapshot() {
		return this.watch.snapshot();
	}

	/**
	 * Opens the way to the database, before the consumer starts.
	 */
	void start() {
		this.lane.start();
	}

	/**
	 * Ends the way to the database.
	 * @param callback called when nothing is written any more
	 */
	void stop(Runnable callback) {
		this.lane.stop(callback);
	}

	/**
	 * Reads again from the stored positions, after an unexpected failure. What was read
	 * before is written first: where one partition fails again and again, others would
	 * never get on otherwise.
	 */
	void startOver() {
		this.tasks.add(() -> this.partitions.claimAgain(List.copyOf(this.partitions.reading())));
	}

	/**
	 * Returns a deserializer that notices when a topic may have become another: its
	 * records can be had only after the client has heard of its new id.
	 */
	ByteArrayDeserializer deserializer() {
		return new NoticingDeserializer();
	}

	private final class NoticingDeserializer extends ByteArrayDeserializer implements ClusterResourceListener {

		@Override
		public void onUpdate(ClusterResource clusterResource) {
			suspect();
		}

	}

}
