package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is read from a topic while nothing can be written: a few polls, however much there
 * is.
 */
class KafkaBackpressureTests {

	private static final int POLL = 10;

	/** The first, and those that there is room for. */
	private static final int MOST_RECORDS = 1 + BatchRoom.MAX_POLLS * POLL;

	@Test
	void readsNoMoreWhileItsBatchesAreInFlight() throws Exception {
		try (TestDatabase database = TestDatabase.create(); TestTopic topic = new TestTopic(TestKafka.shared(), 1)) {
			Polls.records.set(0);
			topic.send(0, "1").get();
			try (ConfigurableApplicationContext ignored = RecordsApplication.run(topic.properties(
					RecordsApplication.TRANSFORMER, "concurrency=1", "properties[max.poll.records]=" + POLL,
					"properties[interceptor.classes]=" + Polls.class.getName()), database.toProperties())) {
				Records records = new Records(database);
				records.awaitCount(1);
				try (TableLock lock = database.lock("records")) {
					topic.sendAll(0, Records.numbers(2, 2000));
					Awaitility.await().atMost(Records.PATIENCE).until(lock::isWaitedFor);
					// long enough to read all of them
					Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
					assertThat(Polls.records.get()).as("records read, none of which can be written")
						.isBetween(1, MOST_RECORDS);
				}
				records.awaitCount(2000);
				assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 2000));
			}
		}
	}

	/**
	 * Counts what is polled.
	 */
	public static final class Polls extends Gate.Interceptor {

		private static final AtomicInteger records = new AtomicInteger();

		@Override
		public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
			records.addAndGet(polled.count());
			return super.onConsume(polled);
		}

	}

}
