package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Where the first thread that gets to a record has to wait, and all others pass.
 */
final class Gate {

	private static final Map<String, Gate> gates = new ConcurrentHashMap<>();

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final CountDownLatch arrived = new CountDownLatch(1);

	private final CountDownLatch opened = new CountDownLatch(1);

	private Gate() {
	}

	static Gate at(String value) {
		Gate gate = new Gate();
		gates.put(value, gate);
		return gate;
	}

	static void pass(String value) {
		Gate gate = gates.remove(value);
		if (gate != null) {
			gate.arrived.countDown();
			await(gate.opened);
		}
	}

	void awaitArrival() {
		await(this.arrived);
	}

	void open() {
		this.opened.countDown();
	}

	private static void await(CountDownLatch latch) {
		try {
			if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nobody came");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Holds up the consumer's own thread.
	 */
	public static class Interceptor extends RecordsInterceptor {

		@Override
		public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
			records.forEach((each) -> pass("poll " + new String(each.value())));
			return records;
		}

	}

}
