package org.megaetl.pipeline;

import java.time.Duration;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;

import org.springframework.context.ApplicationContext;

/**
 * The round of housekeeping that an application begins with, and that the next one
 * follows after half a minute at the soonest. Until it is over, its transactions come in
 * between those that a test counts, and it does what a test is about to do.
 */
final class FirstRound {

	private FirstRound() {
	}

	/**
	 * Waits until it is over.
	 * @param context the application, which has a pipeline and a registry of meters
	 */
	static void await(ApplicationContext context) {
		MeterRegistry meters = context.getBean(MeterRegistry.class);
		// which dead letters there are it finds out last
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> meters.get("mega.dead.letters")
				.gauges()
				.stream()
				.map(Gauge::value)
				.noneMatch((number) -> number.isNaN()));
	}

}
