package org.megaetl.event;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Event}.
 */
class EventTests {

	@Test
	void textReplacesMalformedInputOnly() {
		byte[] payload = { 'a', (byte) 0xFF, (byte) 0xC3, (byte) 0xBC };
		Event event = Event.from("webhook.orders", payload).build();
		assertThat(event.text()).isEqualTo("a\uFFFD\u00FC");
		assertThat(event.payload()).isSameAs(payload);
	}

	@Test
	void toStringShowsNeitherPayloadNorHeaderValues() {
		Event event = Event.from("webhook.orders", "hunter2".getBytes(StandardCharsets.UTF_8))
			.headers(EventHeaders.of("Authorization", "hunter2"))
			.position(SourcePosition.of("orders-3", "41", "42"))
			.build();
		assertThat(event.toString()).contains("webhook.orders", "orders-3@41", "7 bytes").doesNotContain("hunter2");
	}

	@Test
	void needsASource() {
		assertThatIllegalArgumentException().isThrownBy(() -> Event.from(" ", new byte[0]))
			.withMessageContaining("source");
	}

}
