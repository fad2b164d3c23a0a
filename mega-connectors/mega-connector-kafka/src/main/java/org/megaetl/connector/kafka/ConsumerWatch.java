package org.megaetl.connector.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PullPipeline;

/**
 * Looks at what a consumer does, and tells its pipeline whether the brokers can be
 * reached.
 */
final class ConsumerWatch {

	/** How long a consumer may be without any connection before that is an outage. */
	private static final long DISCONNECTED_NANOS = Duration.ofSeconds(3).toNanos();

	private final PullPipeline pipeline;

	private final Clock clock;

	private volatile Snapshot snapshot = new Snapshot(List.of(), null, null);

	private @Nullable Metric connections;

	/** Whether the pipeline was told that the source cannot be read. */
	private boolean unavailable;

	/** Whether there was a poll since that might have failed for the same reason. */
	private boolean polled;

	private long connected = System.nanoTime();

	ConsumerWatch(PullPipeline pipeline, Clock clock) {
		this.pipeline = pipeline;
		this.clock = clock;
	}

	/**
	 * Looks at another consumer from now on.
	 */
	void use(Consumer<?, ?> consumer) {
		this.connections = consumer.metrics()
			.values()
			.stream()
			.filter((metric) -> metric.metricName().name().equals("connection-count"))
			.findFirst()
			.orElse(null);
		this.connected = System.nanoTime();
	}

	/**
	 * Looks at the consumer between two polls, in its thread.
	 * @param consumer the consumer
	 * @param partitions its partitions
	 * @return whether the brokers can be reached
	 */
	boolean observe(Consumer<?, ?> consumer, ConsumerPartitions partitions) {
		Collection<TopicPartition> assigned = partitions.assigned();
		Collection<AssignedPartition> reading = partitions.reading();
		List<String> names = assigned.stream().map(TopicPartition::toString).sorted().toList();
		Long lag = (reading.size() == assigned.size()) ? lag(consumer, reading) : null;
		this.snapshot = new Snapshot(names, lag, this.clock.instant());
		long now = System.nanoTime();
		if (this.connections == null || ((Number) this.connections.metricValue()).doubleValue() > 0) {
			this.connected = now;
			List<AssignedPartition> silent = partitions.silent();
			if (!silent.isEmpty()) {
				AssignedPartition first = silent.get(0);
				unavailable("no partition of a consumer can be read (" + first + ": " + first.silence() + ")");
				return false;
			}
			if (this.unavailable && this.polled) {
				this.unavailable = false;
				this.pipeline.sourceAvailable(this);
			}
		}
		else if (now - this.connected > DISCONNECTED_NANOS) {
			unavailable("no connection to any broker");
		}
		return this.connected == now;
	}

	/**
	 * The consumer has polled, and nothing failed.
	 * @param partitions its partitions
	 */
	void polled(ConsumerPartitions partitions) {
		this.polled = partitions.silent().isEmpty();
	}

	private static @Nullable Long lag(Consumer<?, ?> consumer, Collection<AssignedPartition> reading) {
		long lag = 0;
		for (AssignedPartition partition : reading) {
			OptionalLong ahead = consumer.currentLag(partition.partition());
			if (ahead.isEmpty()) {
				return null;
			}
			// what was polled and is not stored is waiting, too
			lag += ahead.getAsLong() + partition.next() - partition.stored();
		}
		return lag;
	}

	/**
	 * The source cannot be read. Called by the consumer's thread, or before it starts.
	 * @param reason why
	 */
	void unavailable(String reason) {
		this.unavailable = true;
		this.polled = false;
		this.pipeline.sourceUnavailable(this, reason);
	}

	/**
	 * Returns what the consumer did when it was looked at last. Called by any thread.
	 */
	Snapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * What a consumer does.
	 *
	 * @param assigned its partitions
	 * @param lag how many records are waiting, or {@code null} if that is not known
	 * @param lastPoll when it polled last, or {@code null} if it has not
	 */
	record Snapshot(List<String> assigned, @Nullable Long lag, @Nullable Instant lastPoll) {

	}

}
