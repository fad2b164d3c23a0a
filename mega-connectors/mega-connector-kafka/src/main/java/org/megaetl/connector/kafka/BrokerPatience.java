package org.megaetl.connector.kafka;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for brokers that do not answer, during which the pipeline says so.
 */
final class BrokerPatience {

	private static final Logger logger = LoggerFactory.getLogger(BrokerPatience.class);

	private static final long RETRY_MILLIS = 1000;

	private final PullPipeline pipeline;

	BrokerPatience(PullPipeline pipeline) {
		this.pipeline = pipeline;
	}

	/**
	 * Asks the brokers for as long as it takes.
	 * @param needed whether the answer is still needed: partitions may be taken away
	 * meanwhile
	 * @param question what they are asked
	 * @return the answer, or {@code null} if it is not needed any more
	 */
	<T> @Nullable T ask(BooleanSupplier needed, Question<T> question) throws InterruptedException {
		Object reader = new Object();
		while (true) {
			if (!needed.getAsBoolean()) {
				this.pipeline.sourceAvailable(reader);
				return null;
			}
			try {
				T answer = question.ask();
				this.pipeline.sourceAvailable(reader);
				return answer;
			}
			catch (SourceException ex) {
				await(reader, ex);
			}
		}
	}

	/**
	 * Waits before the brokers are asked again.
	 * @param reader who has asked, and says when they have answered
	 * @param failure why they have not
	 */
	void await(Object reader, SourceException failure) throws InterruptedException {
		logger.debug("The brokers do not answer", failure);
		this.pipeline.sourceUnavailable(reader, String.valueOf(failure.getMessage()));
		TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
	}

	/**
	 * Something that the brokers are asked.
	 *
	 * @param <T> the answer
	 */
	interface Question<T> {

		T ask() throws InterruptedException, SourceException;

	}

}
