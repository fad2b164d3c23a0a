package org.megaetl.connector.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.ConsumerWatch.Snapshot;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.SourceStatus;

import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/**
 * One inbound while the application runs: its consumers.
 */
final class KafkaSource {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

	private final PullPipeline pipeline;

	private final ConsumerStart consumers;

	private @Nullable DeadLetterRelay relay;

	KafkaSource(PullPipeline pipeline, SharedClients shared) {
		this.pipeline = pipeline;
		this.consumers = new ConsumerStart(pipeline, shared);
	}

	void add(KafkaReader reader, ConcurrentMessageListenerContainer<byte[], byte[]> container) {
		this.consumers.add(reader, container);
	}

	void relay(DeadLetterRelay relay) {
		this.relay = relay;
	}

	void start() {
		this.pipeline.observe(this::status);
		if (this.relay != null) {
			this.relay.start(this.pipeline.name());
		}
		this.consumers.readers().values().forEach(KafkaReader::start);
		this.consumers.start();
	}

	/**
	 * Ends the way to the database first, then the consumers, so that what was committed
	 * there last is told to Kafka.
	 * @param callback called when all has ended
	 */
	void stop(Runnable callback) {
		this.pipeline.stopping();
		if (this.relay != null) {
			this.relay.stop();
		}
		this.consumers.stop();
		AtomicInteger remaining = new AtomicInteger(this.consumers.readers().size());
		this.consumers.readers().forEach((container, reader) -> reader.stop(() -> this.consumers.stop(container, () -> {
			if (remaining.decrementAndGet() == 0) {
				callback.run();
			}
		})));
	}

	/**
	 * Ends what has not ended in time.
	 */
	void close() {
		this.consumers.stop();
		this.consumers.readers().keySet().forEach((container) -> {
			container.getContainerProperties().setShutdownTimeout(STOP_TIMEOUT.toMillis());
			container.stop();
		});
	}

	private SourceStatus status() {
		List<String> assigned = new ArrayList<>();
		Long lag = 0L;
		Instant lastPoll = null;
		for (KafkaReader reader : this.consumers.readers().values()) {
			Snapshot snapshot = reader.snapshot();
			assigned.addAll(snapshot.assigned());
			lag = (lag != null && snapshot.lag() != null) ? Long.valueOf(lag + snapshot.lag()) : null;
			lastPoll = later(lastPoll, snapshot.lastPoll());
		}
		assigned.sort(null);
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("assigned", assigned);
		if (lastPoll != null) {
			details.put("lastPoll", lastPoll);
		}
		return new SourceStatus(lag, details);
	}

	private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
		return (one == null || (other != null && other.isAfter(one))) ? other : one;
	}

}
