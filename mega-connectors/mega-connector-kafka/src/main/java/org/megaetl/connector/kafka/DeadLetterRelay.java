package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetterRelays;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

	private final String servers;

	private final Map<String, Object> properties;

	private final DeadLetterRelays relays;

	private final DeadLetterRecords records;

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
		this.servers = clients.bootstrapServers();
		this.properties = clients.producer();
		this.relays = relays;
		this.records = new DeadLetterRecords(topic, clients.group(), letters);
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
				catch (RuntimeException ex) {
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
		DeadLetterSending sending = new DeadLetterSending(producer, this.records,
				"'" + this.pipeline + "' for the topic '" + this.topic + "'");
		int sent = this.relays.relay(this.pipeline, BATCH, sending::send);
		sending.throwFailure();
		return sent;
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

}
