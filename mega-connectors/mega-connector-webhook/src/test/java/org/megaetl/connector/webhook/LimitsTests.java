package org.megaetl.connector.webhook;

import java.io.IOException;

import io.github.bucket4j.TimeMeter;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.webhook.InFlight.Ticket;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link InFlight} and {@link RateLimit}.
 */
class LimitsTests {

	private long now;

	private final TimeMeter time = new TimeMeter() {

		@Override
		public long currentTimeNanos() {
			return LimitsTests.this.now;
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	};

	@Test
	void boundsRequestsAndBytesUntilTheyAreReleased() throws Exception {
		InFlight inFlight = new InFlight(2, 100);
		Ticket first = inFlight.admit();
		Ticket second = inFlight.admit();
		assertThatExceptionOfType(RefusedException.class).isThrownBy(inFlight::admit)
			.satisfies((ex) -> assertThatSaysWhenToComeAgain(ex.answer()));
		first.grow(60);
		second.grow(40);
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> second.grow(1))
			.satisfies((ex) -> assertThatSaysWhenToComeAgain(ex.answer()));
		first.release();
		first.release();
		first.grow(60);
		assertThat(inFlight.bytes()).isEqualTo(40);
		assertThat(inFlight.requests()).isOne();
		inFlight.admit().grow(60);
		second.release();
		assertThat(inFlight.bytes()).isEqualTo(60);
		assertThat(inFlight.requests()).isOne();
	}

	@Test
	void leavesHalfOfTheBytesToOthersThanTheBuffersOfHttp2() throws Exception {
		InFlight inFlight = new InFlight(10, 4 * InFlight.HTTP2_BUFFERS);
		Ticket first = inFlight.admit();
		first.growByHttp2Buffers();
		assertThat(inFlight.bytes()).isEqualTo(InFlight.HTTP2_BUFFERS);
		inFlight.admit().growByHttp2Buffers();
		Ticket third = inFlight.admit();
		assertThatExceptionOfType(RefusedException.class).isThrownBy(third::growByHttp2Buffers)
			.satisfies((ex) -> assertThatSaysWhenToComeAgain(ex.answer()));
		third.release();
		inFlight.admit().grow(2 * InFlight.HTTP2_BUFFERS);
		first.release();
		first.release();
		inFlight.admit().growByHttp2Buffers();
		assertThatExceptionOfType(RefusedException.class).isThrownBy(inFlight.admit()::growByHttp2Buffers);
		new InFlight(1, InFlight.HTTP2_BUFFERS).admit().growByHttp2Buffers();
	}

	@Test
	void knowsClientsByTheirNetworks() throws Exception {
		RateLimit limit = new RateLimit(null, 1, this.time);
		limit.check("192.0.2.1");
		limit.check("192.0.2.2");
		limit.check("2001:db8:0:1::1");
		limit.check("2001:db8:0:2::1");
		limit.check("not:an:address");
		for (String known : new String[] { "192.0.2.1", "2001:db8:0:1:ffff::2", "not:an:address" }) {
			assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> limit.check(known))
				.satisfies((ex) -> assertThat(ex.answer().status()).isEqualTo(429));
		}
		this.now += 1_000_000_000;
		limit.check("192.0.2.1");
	}

	@Test
	void forgetsClientsRatherThanToGrow() throws Exception {
		RateLimit limit = new RateLimit(null, 1, this.time);
		limit.check("first");
		for (int i = 0; i < RateLimit.MAX_CLIENTS; i++) {
			limit.check("client-" + i);
		}
		limit.check("first");
	}

	@Test
	void takesNothingFromOthersForAClientThatIsRefused() throws Exception {
		RateLimit limit = new RateLimit(2, 1, this.time);
		limit.check("a");
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> limit.check("a"))
			.withMessageContaining("this client");
		limit.check("b");
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> limit.check("c"))
			.withMessageContaining("all clients");
	}

	private static void assertThatSaysWhenToComeAgain(Answer answer) throws IOException {
		MockHttpServletResponse response = new MockHttpServletResponse();
		answer.writeTo(response);
		assertThat(response.getStatus()).isEqualTo(503);
		assertThat(response.getHeader("Retry-After")).as("Retry-After").isEqualTo("1");
	}

}
