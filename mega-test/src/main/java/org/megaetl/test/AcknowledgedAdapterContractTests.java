package org.megaetl.test;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * The contract of an adapter whose source remembers what was acknowledged and delivers
 * the rest again, with the same ids.
 */
public abstract class AcknowledgedAdapterContractTests extends PullAdapterContractTests {

	@Override
	void assertRedelivery(int committed, int again) {
		Assertions.assertThat(again).as("events that came again").isPositive().isLessThanOrEqualTo(committed);
	}

	@Test
	void storesNoPositions() throws Exception {
		produceForAllKeys(1, 10);
		start();
		awaitNumbers(10);
		Assertions.assertThat(audit().positions(NAMESPACE)).isEmpty();
	}

}
