package org.megaetl.connector.redis;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.test.ClaimedAdapterContractTests;
import org.megaetl.test.NumberedEvent;

/**
 * The contract for keys.
 */
class KeysContractTests extends ClaimedAdapterContractTests {

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
		return this.source.properties("orders", TRANSFORMER, "keys=order:*", "dead-after=2s", "poll-interval=100ms");
	}

	@Override
	protected void produce(List<NumberedEvent> events) {
		for (NumberedEvent event : events) {
			this.source.commands().set("order:%d:%06d".formatted(event.key(), event.number()), event.payload());
		}
	}

	@Override
	protected boolean ordered() {
		return false;
	}

}
