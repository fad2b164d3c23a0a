package org.megaetl.transformers.guest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.megaetl.event.Event;
import org.megaetl.transformers.Configured;
import org.megaetl.transformers.script.QuickJsProgram;
import org.megaetl.transformers.script.Script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GuestInstances}.
 */
class GuestInstancesTests {

	private static final Script ENDLESS = new Script("endless.js", "(event) => { for (;;); }");

	@Test
	@Timeout(30)
	void endsAScriptWhoseTimeWasUpBeforeItRan() {
		Event event = Configured.event("x");
		try (CallTimer timer = new CallTimer()) {
			GuestInstances instances = new GuestInstances(new QuickJsProgram(ENDLESS, 64 * 1024 * 1024), timer,
					Duration.ofMillis(20));
			assertThatExceptionOfType(GuestTimeoutException.class)
				.isThrownBy(() -> instances.call("hook", (instance, next) -> {
					long start = System.nanoTime();
					while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1)) {
						Thread.onSpinWait();
					}
					return instance.transform(List.of(event), next);
				}));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

}
