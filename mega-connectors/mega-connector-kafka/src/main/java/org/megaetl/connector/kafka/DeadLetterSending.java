package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends some dead letters, and tells those that have arrived, or that the topic will
 * never take, from those that are to be sent later.
 */
final class DeadLetterSending {

	private static final Logger logger = LoggerFactory.getLogger(DeadLetterSending.class);

	private final Producer<byte[], byte[]> producer;

	private final DeadLetterRecords records;

	private final String target;

	private final List<Long> done = new ArrayList<>();

	/** Of those that were sent together. */
	private final Map<Long, Throwable> failures = new LinkedHashMap<>();

	private @Nullable Throwable failure;

	/**
	 * Creates a sending.
	 * @param producer sends
	 * @param records makes records of dead letters
	 * @param target the pipeline and the topic, for the log
	 */
	DeadLetterSending(Producer<byte[], byte[]> producer, DeadLetterRecords records, String target) {
		this.producer = producer;
		this.records = records;
		this.target = target;
	}

	/**
	 * Sends dead letters.
	 * @param ids the dead letters
	 * @return those that need not be sent again
	 * @throws InterruptedException if the thread is to stop
	 */
	List<Long> send(List<Long> ids) throws InterruptedException {
		sendTogether(ids);
		if (this.failures.values().stream().anyMatch(InvalidRecordException.class::isInstance)) {
			// the whole batch of the client is refused with it, and not every broker says
			// which record it is
			sendAlone(List.copyOf(this.failures.keySet()));
		}
		else {
			this.failure = this.failures.values().stream().findFirst().orElse(null);
		}
		return this.done;
	}

	/**
	 * Throws what kept others from being sent.
	 * @throws KafkaException if there was anything
	 */
	void throwFailure() {
		if (this.failure != null) {
			throw new KafkaException(this.failure);
		}
	}

	private void sendTogether(List<Long> ids) throws InterruptedException {
		Map<Long, Future<?>> sent = new LinkedHashMap<>();
		for (Long id : ids) {
			Future<?> future = send(id);
			sent.put(id, future);
			if (future.isDone() && mayPass(failure(future))) {
				// each of the others would wait as long as this one did
				break;
			}
		}
		for (Map.Entry<Long, Future<?>> each : sent.entrySet()) {
			Throwable thrown = failure(each.getValue());
			if (thrown != null && mayPass(thrown)) {
				this.failures.put(each.getKey(), thrown);
			}
			else {
				settled(each.getKey(), thrown);
			}
		}
	}

	private void sendAlone(List<Long> ids) throws InterruptedException {
		for (Long id : ids) {
			Throwable thrown = failure(send(id));
			if (mayPass(thrown) && !(thrown instanceof InvalidRecordException)) {
				this.failure = thrown;
				return;
			}
			settled(id, thrown);
		}
	}

	/**
	 * Sends a dead letter. Nothing is sent of one that is not as it should be: tried
	 * again it would be no better, and would keep back all those after it.
	 */
	private Future<?> send(Long id) {
		ProducerRecord<byte[], byte[]> record = null;
		try {
			record = this.records.find(id);
		}
		catch (IllegalArgumentException ex) {
			logger.error("Dead letter {} of {} cannot be sent: it stays in the database only", id, this.target, ex);
		}
		if (record == null) {
			return CompletableFuture.completedFuture(null);
		}
		try {
			return this.producer.send(record);
		}
		catch (InterruptException ex) {
			throw ex;
		}
		catch (KafkaException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void settled(Long id, @Nullable Throwable refusal) {
		if (refusal != null) {
			logger.error("Dead letter {} of {} was refused, and would be again: it stays in the database only", id,
					this.target, refusal);
		}
		this.done.add(id);
	}

	private static boolean mayPass(@Nullable Throwable failure) {
		return failure != null && !(failure instanceof RecordTooLargeException);
	}

	private static @Nullable Throwable failure(Future<?> sent) throws InterruptedException {
		try {
			sent.get();
			return null;
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

}
