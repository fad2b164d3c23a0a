package org.megaetl.connector.redis;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.test.AcknowledgedAdapterContractTests;
import org.megaetl.test.NumberedEvent;

/**
 * The contract for streams.
 */
class StreamContractTests extends AcknowledgedAdapterContractTests {

	private RedisSource source;

	@BeforeEach
	void createSource() {
		this.source = RedisSource.create();
	}

	@AfterEach
	void closeSource() {
		this.source.close();
	}

	@Override
	protected Class<?> application() {
		return RedisApplication.class;
	}

	@Override
	protected List<String> properties() {
		return this.source.properties("orders", TRANSFORMER, "stream=orders");
	}

	@Override
	protected void produce(List<NumberedEvent> events) {
		for (NumberedEvent event : events) {
			this.source.commands().xadd("orders", Map.of("payload", event.payload()));
		}
	}

	@Override
	protected int keys() {
		return 1;
	}

}
