package org.megaetl.connector.kafka;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TableLock;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is read from a topic while nothing can be written: a few batches, however much
 * there is.
 */
class KafkaBackpressureTests {

	/** The first record's, those that there is room for, and one to spare. */
	private static final int MOST_BATCHES = 1 + BatchRoom.MAX_BATCHES + 1;

	@Test
	void readsNoMoreWhileItsBatchesAreInFlight() throws Exception {
		try (TestDatabase database = TestDatabase.create(); TestTopic topic = new TestTopic(TestKafka.shared(), 1)) {
			topic.send(0, "1").get();
			try (ConfigurableApplicationContext context = RecordsApplication.run(topic
				.properties(RecordsApplication.TRANSFORMER, "concurrency=1", "properties[max.poll.records]=10"),
					database.toProperties())) {
				Records records = new Records(database);
				records.awaitCount(1);
				Timer transformed = context.getBean(MeterRegistry.class)
					.get("mega.batch.duration")
					.tag("phase", "transform")
					.timer();
				try (TableLock lock = database.lock("records")) {
					topic.sendAll(0, Records.numbers(2, 2000));
					Awaitility.await().atMost(Records.PATIENCE).until(lock::isWaitedFor);
					// long enough to read all of them
					Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
					assertThat(transformed.count()).as("batches read while none can be written")
						.isLessThanOrEqualTo(MOST_BATCHES);
				}
				records.awaitCount(2000);
				assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 2000));
			}
		}
	}

}
