package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.deadletter.DeadLetterRelays;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.support.KafkaHeaders;

/**
 * Sends the dead letters of one pipeline to a topic as well, each at least once. What is
 * still to be sent is said by the database, so that none is lost if the application ends,
 * and none is sent that was not committed.
 */
final class DeadLetterRelay {

	private static final Logger logger = LoggerFactory.getLogger(DeadLetterRelay.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

	private static final int BATCH = 50;

	private final String pipeline;

	private final String topic;

	private final String group;

	private final String servers;

	private final Map<String, Object> properties;

	private final DeadLetterRelays relays;

	private final DeadLetterService letters;

	private volatile @Nullable Thread thread;

	/** Whether the last try was in vain. */
	private boolean failed;

	/**
	 * Creates a relay.
	 * @param pipeline what the state of the pipeline is kept under
	 * @param topic where to send dead letters
	 * @param clients the clients of the inbound
	 * @param relays says what is to be sent
	 * @param letters has the payloads
	 */
	DeadLetterRelay(String pipeline, String topic, KafkaClients clients, DeadLetterRelays relays,
			DeadLetterService letters) {
		this.pipeline = pipeline;
		this.topic = topic;
		this.group = clients.group();
		this.servers = clients.bootstrapServers();
		this.properties = clients.producer();
		this.relays = relays;
		this.letters = letters;
	}

	/**
	 * Starts to send.
	 * @param name the pipeline's name, for the log
	 */
	void start(PipelineName name) {
		Thread started = new Thread(() -> {
			PipelineLog.mark(name);
			run();
		}, "mega-dead-letter-relay-" + this.topic);
		started.setDaemon(true);
		this.thread = started;
		started.start();
	}

	void stop() {
		Thread stopped = this.thread;
		if (stopped != null) {
			stopped.interrupt();
		}
	}

	private void run() {
		try {
			while (!Thread.currentThread().isInterrupted()) {
				try {
					relay();
				}
				catch (InterruptException ex) {
					throw ex;
				}
				catch (KafkaException ex) {
					// a producer that was refused once may refuse all else for ever
					retryLater(ex);
				}
			}
		}
		catch (InterruptedException | InterruptException ex) {
			logger.debug("The relay to '{}' ends", this.topic, ex);
		}
	}

	/**
	 * Sends with one producer, as long as that can.
	 */
	private void relay() throws InterruptedException {
		KafkaProducer<byte[], byte[]> producer = producer();
		try {
			relay(producer);
		}
		finally {
			// what it has not sent is sent by the next
			producer.close(Duration.ZERO);
		}
	}

	private void relay(KafkaProducer<byte[], byte[]> producer) throws InterruptedException {
		while (!Thread.currentThread().isInterrupted()) {
			try {
				int sent = this.relays.areAny(this.pipeline) ? sendSome(producer) : 0;
				this.failed = false;
				if (sent < BATCH) {
					TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
				}
			}
			catch (KafkaException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				retryLater(ex);
			}
		}
	}

	/**
	 * Sends some in a transaction, which locks them: not before the brokers have answered
	 * once.
	 */
	private int sendSome(KafkaProducer<byte[], byte[]> producer) throws InterruptedException {
		producer.partitionsFor(this.topic);
		return this.relays.relay(this.pipeline, BATCH, (ids) -> send(producer, ids));
	}

	private void retryLater(RuntimeException failure) throws InterruptedException {
		if (!this.failed) {
			logger.warn("Dead letters of '{}' cannot be sent to the topic '{}' now; tried again until they are",
					this.pipeline, this.topic, failure);
		}
		this.failed = true;
		TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
	}

	private KafkaProducer<byte[], byte[]> producer() {
		return UnresolvedBrokersException.make(this.servers,
				() -> new KafkaProducer<>(this.properties, new ByteArraySerializer(), new ByteArraySerializer()));
	}

	private void send(KafkaProducer<byte[], byte[]> producer, List<Long> ids) throws InterruptedException {
		Map<Long, Future<?>> sent = new LinkedHashMap<>();
		for (Long id : ids) {
			ProducerRecord<byte[], byte[]> record = this.letters.find(id).map(this::recordIfAny).orElse(null);
			if (record != null) {
				Future<?> future = producer.send(record);
				if (future.isDone()) {
					// if in vain, each of the others would wait as long as this one did
					check(id, future);
				}
				else {
					sent.put(id, future);
				}
			}
		}
		for (Map.Entry<Long, Future<?>> each : sent.entrySet()) {
			check(each.getKey(), each.getValue());
		}
	}

	private void check(Long id, Future<?> sent) throws InterruptedException {
		try {
			sent.get();
		}
		catch (ExecutionException ex) {
			if (!(ex.getCause() instanceof RecordTooLargeException)) {
				throw new KafkaException(ex.getCause());
			}
			// tried again it would be refused again, and its neighbours sent twice
			logger.error("Dead letter {} of '{}' is too large for the topic '{}': it stays in the database only", id,
					this.pipeline, this.topic, ex.getCause());
		}
	}

	/**
	 * Returns what to send. There is nothing where a dead letter is not as it should be:
	 * tried again it would be no better, and would keep back all those after it.
	 */
	private @Nullable ProducerRecord<byte[], byte[]> recordIfAny(DeadLetter letter) {
		try {
			return record(letter);
		}
		catch (IllegalArgumentException ex) {
			logger.error("Dead letter {} of '{}' cannot be sent to the topic '{}': it stays in the database only",
					letter.id(), this.pipeline, this.topic, ex);
			return null;
		}
	}

	private ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
		boolean tombstone = letter.headers().containsKey(RecordMapper.TOMBSTONE);
		byte[] payload = tombstone ? null : this.letters.payload(letter).orElse(null);
		byte[] key = (letter.eventKey() != null) ? Text.toBytes(letter.eventKey()) : null;
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topic, null, key, payload);
		Headers headers = record.headers();
		letter.headers().forEach((name, values) -> {
			if (!RecordMapper.isOwn(name)) {
				values.forEach((value) -> headers.add(name, Text.toBytes(value)));
			}
		});
		add(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, last(letter, RecordMapper.TOPIC));
		String partition = last(letter, RecordMapper.PARTITION);
		if (partition != null) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_PARTITION, number(Integer.parseInt(partition)));
		}
		if (letter.position() != null) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_OFFSET, number(Long.parseLong(letter.position())));
		}
		if (letter.timestamp() != null) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, number(letter.timestamp().toEpochMilli()));
		}
		add(headers, KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, this.group);
		add(headers, KafkaHeaders.DLT_EXCEPTION_FQCN, letter.reason().name());
		add(headers, KafkaHeaders.DLT_EXCEPTION_MESSAGE, letter.message());
		add(headers, "mega_dead-letter-id", String.valueOf(letter.id()));
		return record;
	}

	/**
	 * Returns the value of a header that the mapper adds. An older dead letter may have
	 * others of its name before it.
	 */
	private static @Nullable String last(DeadLetter letter, String name) {
		List<String> values = letter.headers().get(name);
		return (values != null && !values.isEmpty()) ? values.get(values.size() - 1) : null;
	}

	private static void add(Headers headers, String name, @Nullable String value) {
		if (value != null) {
			headers.add(name, value.getBytes(StandardCharsets.UTF_8));
		}
	}

	private static byte[] number(int value) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
	}

	private static byte[] number(long value) {
		return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
	}

}
