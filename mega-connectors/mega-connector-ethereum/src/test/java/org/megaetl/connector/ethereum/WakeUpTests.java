package org.megaetl.connector.ethereum;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WakeUp}.
 */
class WakeUpTests {

	@Test
	void remembersASignalThatCameBeforeTheWait() throws Exception {
		WakeUp wakeUp = new WakeUp();
		wakeUp.signal();
		wakeUp.signal();
		long start = System.nanoTime();
		wakeUp.await(Duration.ofMinutes(10));
		wakeUp.await(Duration.ofMillis(50));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(45), Duration.ofMinutes(5));
	}

	@Test
	void isNotKeptAwakeByAFloodOfSignals() throws Exception {
		WakeUp wakeUp = new WakeUp();
		long start = System.nanoTime();
		for (int i = 0; i < 5; i++) {
			wakeUp.signal();
			wakeUp.await(Duration.ofMinutes(10));
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(390),
				Duration.ofMinutes(5));
	}

}
