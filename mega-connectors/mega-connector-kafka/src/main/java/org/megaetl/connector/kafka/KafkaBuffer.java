package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventBuffer;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps events in a topic. An event is stored when all replicas in sync have it. What
 * waits for that is bounded by the producer's {@code buffer.memory}.
 */
final class KafkaBuffer implements EventBuffer, AutoCloseable {

	/** The header with the pipeline that took the event. */
	static final String SOURCE = "mega-source";

	private static final Logger logger = LoggerFactory.getLogger(KafkaBuffer.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	private final PipelineName inbound;

	private final Pipeline reader;

	private final String topic;

	private final byte[] source;

	private final Supplier<Producer<byte[], byte[]>> producers;

	private final Consumer<Runnable> later;

	/** None until the names of the brokers resolve. */
	private volatile @Nullable Producer<byte[], byte[]> producer;

	/** Why there is none. */
	private volatile @Nullable RuntimeException absence;

	private boolean closed;

	/**
	 * Opens a buffer. Whether the brokers are there shows with the first event, also
	 * where their names do not resolve.
	 * @param inbound the pipeline that takes the events
	 * @param reader the pipeline that reads the topic
	 * @param topic the topic
	 * @param producers creates producers
	 * @param later has something tried again
	 */
	KafkaBuffer(PipelineName inbound, Pipeline reader, String topic, Supplier<Producer<byte[], byte[]>> producers,
			Consumer<Runnable> later) {
		this.inbound = inbound;
		this.reader = reader;
		this.topic = topic;
		this.source = inbound.toString().getBytes(StandardCharsets.UTF_8);
		this.producers = producers;
		this.later = later;
		try {
			this.producer = start();
		}
		catch (UnresolvedBrokersException ex) {
			startLater(ex);
		}
	}

	private void startLater(RuntimeException failure) {
		if (failure instanceof UnresolvedBrokersException) {
			logger.debug("There is no producer for the topic '{}' yet", this.topic, failure);
		}
		else {
			logger.warn("There can be no producer for the topic '{}', and it is tried again", this.topic, failure);
		}
		this.absence = failure;
		this.later.accept(this::startAgain);
	}

	private synchronized void startAgain() {
		if (this.closed) {
			return;
		}
		try {
			this.producer = start();
		}
		catch (RuntimeException ex) {
			startLater(ex);
		}
	}

	private Producer<byte[], byte[]> start() {
		Producer<byte[], byte[]> started = this.producers.get();
		try {
			// begins to ask for it, and the first event will not have to wait
			started.partitionsFor(this.topic);
		}
		catch (TimeoutException ex) {
			logger.debug("The topic '{}' is being asked for", this.topic, ex);
		}
		return started;
	}

	@Override
	public Pipeline reader() {
		return this.reader;
	}

	@Override
	public CompletableFuture<List<EventOutcome>> store(List<Event> events) {
		List<CompletableFuture<EventOutcome>> sent = new ArrayList<>(events.size());
		for (Event event : events) {
			sent.add(send(event));
		}
		return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
			.thenApply((done) -> sent.stream().map(CompletableFuture::join).toList());
	}

	private CompletableFuture<EventOutcome> send(Event event) {
		CompletableFuture<EventOutcome> outcome = new CompletableFuture<>();
		Producer<byte[], byte[]> current = this.producer;
		if (current == null) {
			outcome.completeExceptionally(Objects.requireNonNull(this.absence));
			return outcome;
		}
		try {
			Future<?> unused = current.send(record(event),
					(metadata, failure) -> complete(outcome, event, current, failure));
		}
		catch (RuntimeException ex) {
			// one that is closing does not call back
			complete(outcome, event, current, ex);
		}
		return outcome;
	}

	// the client does not declare that the failure can be missing
	@SuppressWarnings("NullAway")
	private void complete(CompletableFuture<EventOutcome> outcome, Event event, Producer<byte[], byte[]> by,
			Exception failure) {
		if (failure == null) {
			outcome.complete(new EventOutcome.Buffered(this.reader.name()));
		}
		else if (failure instanceof RecordTooLargeException || failure instanceof RecordBatchTooLargeException) {
			logger.warn("An event of pipeline '{}' is larger than the topic '{}' takes: {}", this.inbound, this.topic,
					failure.getMessage());
			outcome.complete(new EventOutcome.TooLarge("The event has " + event.payload().length
					+ " bytes, and its headers, which is more than can be kept for it."));
		}
		else if (failure instanceof BufferExhaustedException) {
			outcome.completeExceptionally(new PipelineUnavailableException(
					"Pipeline '" + this.inbound + "' has too many events under way to the topic '" + this.topic + "'",
					RETRY_AFTER, failure));
		}
		else {
			if (!(failure instanceof RetriableException)) {
				replace(by, failure);
			}
			outcome.completeExceptionally(failure);
		}
	}

	/**
	 * Takes a new producer for the next events. One that was refused, as before its
	 * rights were granted, may refuse all else for ever.
	 */
	private synchronized void replace(Producer<byte[], byte[]> failed, Exception failure) {
		if (this.closed || this.producer != failed) {
			return;
		}
		try {
			this.producer = start();
			logger.debug("The producer for the topic '{}' is replaced", this.topic, failure);
		}
		catch (RuntimeException ex) {
			logger.warn("No new producer for the topic '{}' can be had: {}", this.topic, ex.getMessage());
			return;
		}
		failed.close(Duration.ZERO);
	}

	private ProducerRecord<byte[], byte[]> record(Event event) {
		byte[] key = (event.key() != null) ? event.key().getBytes(StandardCharsets.UTF_8) : null;
		// the record has the time of now: brokers refuse those of the future, and delete
		// those of long ago
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topic, key, event.payload());
		Headers headers = record.headers();
		event.headers().forEach((name, value) -> {
			if (!isOwn(name)) {
				headers.add(name, value.getBytes(StandardCharsets.UTF_8));
			}
		});
		headers.add(SOURCE, this.source);
		if (event.timestamp() != null) {
			headers.add(RecordMapper.EVENT_TIME, event.timestamp().toString().getBytes(StandardCharsets.US_ASCII));
		}
		if (event.id() != null) {
			headers.add(RecordMapper.EVENT_ID, event.id().getBytes(StandardCharsets.UTF_8));
		}
		return record;
	}

	/**
	 * Whether a sender that had a header of this name would pretend to be this connector.
	 */
	private static boolean isOwn(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.startsWith("mega-") || lower.startsWith("kafka-");
	}

	@Override
	public void close() {
		Producer<byte[], byte[]> last;
		synchronized (this) {
			this.closed = true;
			last = this.producer;
		}
		if (last != null) {
			last.close(CLOSE_TIMEOUT);
		}
	}

}
