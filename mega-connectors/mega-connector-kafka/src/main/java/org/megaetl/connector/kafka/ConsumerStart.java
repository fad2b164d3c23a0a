package org.megaetl.connector.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent.Reason;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/**
 * Starts the consumers of an inbound. Where the names of its brokers do not resolve, the
 * application starts without them, and they follow when the names do. One that ends by
 * itself is started again; where another has taken its place, once an operator resumes
 * the pipeline.
 */
final class ConsumerStart {

	private static final Logger logger = LoggerFactory.getLogger(ConsumerStart.class);

	private final PullPipeline pipeline;

	private final SharedClients shared;

	private final Map<ConcurrentMessageListenerContainer<byte[], byte[]>, KafkaReader> readers = new LinkedHashMap<>();

	private volatile @Nullable Future<?> retry;

	private volatile boolean stopped;

	ConsumerStart(PullPipeline pipeline, SharedClients shared) {
		this.pipeline = pipeline;
		this.shared = shared;
	}

	void add(KafkaReader reader, ConcurrentMessageListenerContainer<byte[], byte[]> container) {
		this.readers.put(container, reader);
		container.setApplicationEventPublisher((event) -> {
			if (event instanceof ConsumerStoppedEvent end && end.getReason() != Reason.NORMAL) {
				ended(reader, end.getReason());
			}
		});
	}

	/**
	 * Returns all consumers, in the order added.
	 */
	Map<ConcurrentMessageListenerContainer<byte[], byte[]>, KafkaReader> readers() {
		return this.readers;
	}

	/**
	 * Called by the thread of a consumer that ends by itself.
	 */
	private void ended(KafkaReader reader, Reason reason) {
		if (this.stopped) {
			return;
		}
		logger.error("Pipeline '{}': a consumer has ended: {}", this.pipeline.name(), reason);
		if (reason == Reason.FENCED) {
			// started again at once, the two would end one another for ever
			this.pipeline.fail("Another consumer has the same group.instance.id. Give each replica one of its own, and "
					+ "resume the pipeline");
		}
		else {
			reader.ended(reason);
		}
		this.retry = this.shared.later(this::startAgain);
	}

	/**
	 * Starts the consumers, now or when the names of their brokers resolve.
	 * @throws org.apache.kafka.common.KafkaException if one can never be made, as it is
	 * configured
	 */
	synchronized void start() {
		this.stopped = false;
		startAll(UnresolvedBrokersException.class::isInstance);
	}

	private synchronized void startAgain() {
		if (this.stopped) {
			return;
		}
		if (this.pipeline.status().state() == PipelineState.FAILED) {
			this.retry = this.shared.later(this::startAgain);
		}
		else {
			// whatever else is wrong shows only now, and ends nothing that runs
			startAll((failure) -> true);
		}
	}

	private void startAll(Predicate<RuntimeException> retryable) {
		for (Map.Entry<ConcurrentMessageListenerContainer<byte[], byte[]>, KafkaReader> each : this.readers
			.entrySet()) {
			try {
				each.getKey().start();
			}
			catch (RuntimeException ex) {
				// it says that it runs
				each.getKey().stop(false);
				if (!retryable.test(ex)) {
					throw ex;
				}
				startLater(each.getValue(), ex);
				return;
			}
		}
	}

	private void startLater(KafkaReader reader, RuntimeException failure) {
		if (failure instanceof UnresolvedBrokersException) {
			reader.unavailable(String.valueOf(failure.getMessage()));
		}
		else {
			logger.warn("Pipeline '{}': there can be no consumer, and it is tried again", this.pipeline.name(),
					failure);
			reader.unavailable(String.valueOf(failure));
		}
		this.retry = this.shared.later(this::startAgain);
	}

	/**
	 * Starts none any more.
	 */
	void stop() {
		this.stopped = true;
		Future<?> next = this.retry;
		if (next != null) {
			next.cancel(false);
		}
	}

	/**
	 * Stops one, which may just be starting.
	 * @param container the container
	 * @param callback called when it has ended
	 */
	synchronized void stop(ConcurrentMessageListenerContainer<byte[], byte[]> container, Runnable callback) {
		container.stop(callback);
	}

}
