package org.megaetl.connector.redis;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What waits to be said of slots that are leased.
 */
class HeartbeatTests {

	@Test
	void keepsNoneOfASlotThatWasGivenUp() {
		ScheduledExecutorService heartbeats = new RedisConnectorAutoConfiguration().redisHeartbeats();
		heartbeats.scheduleAtFixedRate(() -> {
		}, 1, 1, TimeUnit.HOURS).cancel(false);
		assertThat(heartbeats.shutdownNow()).as("heartbeats that wait").isEmpty();
	}

}
