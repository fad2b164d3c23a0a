package org.megaetl.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.megaetl.devservices.TestKafka;
import org.megaetl.devservices.TestRedis;

import static org.awaitility.Awaitility.await;

/**
 * Sends numbered events to all sources of several instances, until it is told to finish.
 * Over HTTP it goes round the instances, as a Service of Kubernetes does, and sends again
 * what was not answered with 2xx.
 */
final class ReplicaLoad implements AutoCloseable {

	private static final int SENDERS = 4;

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final List<String> addresses = new CopyOnWriteArrayList<>();

	private final Map<String, AtomicInteger> sent = new LinkedHashMap<>();

	private final AtomicInteger turn = new AtomicInteger();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final List<Future<?>> senders = new ArrayList<>();

	private final String topic;

	private final KafkaProducer<byte[], byte[]> producer;

	private final RedisClient redisClient;

	private final StatefulRedisConnection<String, String> redis;

	private volatile boolean finishing;

	ReplicaLoad(TestKafka kafka, String topic, TestRedis redis) {
		this.topic = topic;
		this.producer = new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
				new ByteArraySerializer(), new ByteArraySerializer());
		this.redisClient = RedisClient.create(RedisURI.builder()
			.withHost(redis.host())
			.withPort(redis.port())
			.withDatabase(redis.database())
			.build());
		this.redis = this.redisClient.connect();
	}

	void add(String address) {
		this.addresses.add(address);
	}

	void remove(String address) {
		this.addresses.remove(address);
	}

	void start() {
		for (int i = 0; i < SENDERS; i++) {
			send("webhook.events", (event) -> post("/events", event));
			send("kafka.buffered", (event) -> post("/buffered", event));
		}
		send("kafka.events", (event) -> this.producer.send(new ProducerRecord<>(this.topic, event.getBytes())).get());
		send("redis.events", (event) -> this.redis.sync().xadd("events", "payload", event));
	}

	private void send(String source, Sender sender) {
		AtomicInteger numbers = this.sent.computeIfAbsent(source, (key) -> new AtomicInteger());
		this.senders.add(this.executor.submit(() -> {
			while (!this.finishing) {
				sender.send("{\"number\": " + numbers.incrementAndGet() + "}");
				LockSupport.parkNanos(PAUSE);
			}
			return null;
		}));
	}

	private void post(String path, String event) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		String last = "not sent";
		while (System.nanoTime() < deadline) {
			String address = this.addresses.get(Math.floorMod(this.turn.getAndIncrement(), this.addresses.size()));
			try {
				int status = this.client
					.send(HttpRequest.newBuilder(URI.create(address + path))
						.timeout(Duration.ofSeconds(30))
						.POST(BodyPublishers.ofString(event))
						.build(), BodyHandlers.discarding())
					.statusCode();
				if (status / 100 == 2) {
					return;
				}
				last = address + " answered " + status;
			}
			catch (IOException ex) {
				last = address + ": " + ex;
			}
			LockSupport.parkNanos(PAUSE);
		}
		throw new IllegalStateException("The event " + event + " was not taken: " + last);
	}

	/**
	 * Waits until a number of further events has been sent to each source.
	 */
	void awaitProgress() {
		Map<String, Integer> before = counts();
		await().atMost(PATIENCE).until(() -> {
			check();
			return counts().entrySet()
				.stream()
				.allMatch((entry) -> entry.getValue() > before.get(entry.getKey()) + 100);
		});
	}

	private void check() throws Exception {
		for (Future<?> each : this.senders) {
			if (each.isDone()) {
				each.get();
			}
		}
	}

	private Map<String, Integer> counts() {
		Map<String, Integer> counts = new LinkedHashMap<>();
		this.sent.forEach((source, count) -> counts.put(source, count.get()));
		return counts;
	}

	/**
	 * Ends when all that was begun to be sent has been taken.
	 * @return how many events of each pipeline there must be
	 */
	Map<String, Integer> finish() throws Exception {
		this.finishing = true;
		for (Future<?> each : this.senders) {
			each.get();
		}
		return counts();
	}

	@Override
	public void close() {
		this.finishing = true;
		this.executor.shutdownNow();
		this.producer.close();
		this.redis.close();
		this.redisClient.shutdown();
	}

	private interface Sender {

		void send(String event) throws Exception;

	}

}
