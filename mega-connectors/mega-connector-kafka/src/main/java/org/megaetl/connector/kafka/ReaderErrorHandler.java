package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Goes on after whatever a consumer throws: what it cannot read now is an outage of the
 * source, and nothing is ever skipped.
 */
final class ReaderErrorHandler implements CommonErrorHandler {

	static final Duration PAUSE = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(ReaderErrorHandler.class);

	private final KafkaReader reader;

	private final PullPipeline pipeline;

	ReaderErrorHandler(KafkaReader reader, PullPipeline pipeline) {
		this.reader = reader;
		this.pipeline = pipeline;
	}

	@Override
	public void handleOtherException(Exception failure, Consumer<?, ?> consumer, MessageListenerContainer container,
			boolean batchListener) {
		logger.warn("Pipeline '{}': the consumer failed and tries again", this.pipeline.name(), failure);
		pause();
	}

	@Override
	public void handleBatch(Exception failure, ConsumerRecords<?, ?> data, Consumer<?, ?> consumer,
			MessageListenerContainer container, Runnable invokeListener) {
		logger.warn("Pipeline '{}': records could not be handed over and are read again", this.pipeline.name(),
				failure);
		this.reader.startOver();
		pause();
	}

	// The consumer's thread, for less than it may be between two polls
	private static void pause() {
		try {
			TimeUnit.SECONDS.sleep(1);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
