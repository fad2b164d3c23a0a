package org.megaetl.connector.kafka;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.devservices.TestKafka;
import org.megaetl.test.CheckpointedAdapterContractTests;
import org.megaetl.test.NumberedEvent;

/**
 * The contract, with a partition for each key.
 */
class KafkaContractTests extends CheckpointedAdapterContractTests {

	private @Nullable TestTopic topic;

	@BeforeEach
	void createTopic() throws Exception {
		this.topic = new TestTopic(TestKafka.shared(), keys());
	}

	@AfterEach
	void closeTopic() {
		topic().close();
	}

	@Override
	protected Class<?> application() {
		return KafkaApplication.class;
	}

	@Override
	protected List<String> properties() {
		return topic().properties(TRANSFORMER);
	}

	@Override
	protected void produce(List<NumberedEvent> events) throws Exception {
		for (NumberedEvent event : events) {
			topic().send(event.key(), event.payload());
		}
		topic().producer().flush();
	}

	private TestTopic topic() {
		if (this.topic == null) {
			throw new IllegalStateException("There is no topic");
		}
		return this.topic;
	}

}
