package org.megaetl.connector.kafka;

import java.time.Duration;

import org.assertj.core.api.InstanceOfAssertFactories;
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

	/** The first, those that there is room for, and a poll to spare. */
	private static final double MOST_RECORDS = 1 + BatchRoom.MAX_POLLS * POLL + POLL;

	@Test
	void readsNoMoreWhileItsBatchesAreInFlight() throws Exception {
		try (TestDatabase database = TestDatabase.create(); TestTopic topic = new TestTopic(TestKafka.shared(), 1)) {
			topic.send(0, "1").get();
			try (ConfigurableApplicationContext ignored = RecordsApplication.run(topic
				.properties(RecordsApplication.TRANSFORMER, "concurrency=1", "properties[max.poll.records]=" + POLL),
					database.toProperties())) {
				Records records = new Records(database);
				records.awaitCount(1);
				try (TableLock lock = database.lock("records")) {
					topic.sendAll(0, Records.numbers(2, 2000));
					Awaitility.await().atMost(Records.PATIENCE).until(lock::isWaitedFor);
					// long enough to read all of them
					Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
					assertThat(ConsumerMetrics.counts("records-consumed-total")).as("records read, none can be written")
						.singleElement(InstanceOfAssertFactories.DOUBLE)
						.isBetween(1.0, MOST_RECORDS);
				}
				records.awaitCount(2000);
				assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 2000));
			}
		}
	}

}
