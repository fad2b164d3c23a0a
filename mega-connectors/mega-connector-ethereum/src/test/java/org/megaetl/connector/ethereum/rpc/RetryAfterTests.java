package org.megaetl.connector.ethereum.rpc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryAfter}.
 */
class RetryAfterTests {

	@Test
	void readsRetryAfterAsRfc9110Says() {
		Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
		assertThat(RetryAfter.parse("120", clock)).isEqualTo(Duration.ofMinutes(2));
		assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:00:30 GMT", clock)).isEqualTo(Duration.ofSeconds(30));
		assertThat(RetryAfter.parse("Wed, 31 Dec 2025 00:00:30 GMT", clock)).isZero();
		assertThat(RetryAfter.parse("soon", clock)).isNull();
		assertThat(RetryAfter.parse("-5", clock)).isZero();
	}

}
