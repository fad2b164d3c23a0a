package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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

	private final KafkaProducer<byte[], byte[]> producer;

	/**
	 * Opens a buffer. Whether the brokers are there shows with the first event.
	 * @param inbound the pipeline that takes the events
	 * @param reader the pipeline that reads the topic
	 * @param topic the topic
	 * @param properties the properties of the producer
	 */
	KafkaBuffer(PipelineName inbound, Pipeline reader, String topic, Map<String, Object> properties) {
		this.inbound = inbound;
		this.reader = reader;
		this.topic = topic;
		this.source = inbound.toString().getBytes(StandardCharsets.UTF_8);
		this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
		try {
			// begins to ask for it, and the first event will not have to wait
			this.producer.partitionsFor(topic);
		}
		catch (TimeoutException ex) {
			logger.debug("The topic '{}' is being asked for", topic, ex);
		}
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
		try {
			Future<?> unused = this.producer.send(record(event),
					(metadata, failure) -> complete(outcome, event, failure));
		}
		catch (RuntimeException ex) {
			// one that is closing does not call back
			complete(outcome, event, ex);
		}
		return outcome;
	}

	// the client does not declare that the failure can be missing
	@SuppressWarnings("NullAway")
	private void complete(CompletableFuture<EventOutcome> outcome, Event event, Exception failure) {
		if (failure == null) {
			outcome.complete(new EventOutcome.Buffered(this.reader.name()));
		}
		else if (failure instanceof RecordTooLargeException) {
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
			outcome.completeExceptionally(failure);
		}
	}

	private ProducerRecord<byte[], byte[]> record(Event event) {
		byte[] key = (event.key() != null) ? event.key().getBytes(StandardCharsets.UTF_8) : null;
		// the record has the time of now: brokers refuse records of the future, and delete
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
		this.producer.close(CLOSE_TIMEOUT);
	}

}
