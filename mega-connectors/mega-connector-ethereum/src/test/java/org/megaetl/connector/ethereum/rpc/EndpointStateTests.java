package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EndpointState}.
 */
class EndpointStateTests {

	private static final EndpointException FAILURE = new EndpointException("it answered with HTTP status 500");

	private static final RateLimitException REFUSAL = RateLimitException
		.of(new RpcError(-32005, "request is too heavy"), null);

	private long now;

	private final EndpointState state = new EndpointState(
			new RpcEndpoint(URI.create("http://localhost"), Map.of(), Duration.ofSeconds(20), RateLimit.none()),
			() -> this.now);

	@Test
	void countsWhatFailsAtTheSameTimeOnce() {
		for (int i = 0; i < 4; i++) {
			this.state.failed(FAILURE);
		}
		assertThat(this.state.remaining()).isEqualTo(Duration.ofMillis(500).toNanos());
	}

	@Test
	void letsAnEndpointAloneForTwiceAsLongEachTimeUpToAMinute() {
		for (long pause : new long[] { 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 }) {
			this.state.failed(FAILURE);
			assertThat(this.state.remaining()).isEqualTo(Duration.ofMillis(pause).toNanos());
			this.now += this.state.remaining();
		}
		this.state.succeeded(false);
		this.state.failed(FAILURE);
		assertThat(this.state.remaining()).isEqualTo(Duration.ofMillis(500).toNanos());
	}

	@Test
	void letsAnEndpointAloneForAnHourAtMostWhateverItAsks() {
		for (Duration asked : new Duration[] { Duration.ofDays(1), Duration.ofSeconds(Long.MAX_VALUE) }) {
			this.state.failed(RateLimitException.of(new RpcError(429, "too many requests"), asked));
			assertThat(this.state.remaining()).isEqualTo(Duration.ofHours(1).toNanos());
			this.now += this.state.remaining();
		}
		this.state.failed(RateLimitException.of(new RpcError(429, "rate limit: try again in 86400s"), null));
		assertThat(this.state.remaining()).isEqualTo(Duration.ofHours(1).toNanos());
	}

	@Test
	void blamesTheWorkForBeingRefusedAgainUntilSuchWorkIsDone() {
		assertThat(isBlamedFor(REFUSAL)).isFalse();
		this.state.succeeded(false);
		assertThat(isBlamedFor(REFUSAL)).isTrue();
		this.state.succeeded(true);
		assertThat(isBlamedFor(REFUSAL)).isFalse();
	}

	private boolean isBlamedFor(EndpointException failure) {
		this.now += Math.max(0, this.state.remaining());
		this.state.failed(failure);
		return this.state.failedByTheWork(failure);
	}

}
