package org.megaetl.connector.redis;

import org.jspecify.annotations.Nullable;

/**
 * When an event that is delivered again and again is to blame for it, as one that ends
 * the process: at first it is delivered together with others, then alone, then no more.
 */
final class Suspicion {

	private Suspicion() {
	}

	/**
	 * Returns the most deliveries in vain after which an event is delivered with others.
	 * Those others can so never be refused in its place.
	 */
	static int threshold(int maxDeliveries) {
		return (maxDeliveries - 1) / 2;
	}

	static boolean isSuspect(long deliveries, int maxDeliveries) {
		return deliveries > threshold(maxDeliveries);
	}

	/**
	 * Returns why an event is refused.
	 * @param deliveries how often it was delivered before
	 * @param maxDeliveries the most deliveries
	 * @return the reason, or {@code null} if it is to be delivered once more
	 */
	static @Nullable String refusal(long deliveries, int maxDeliveries) {
		return (deliveries >= maxDeliveries) ? "The event was delivered " + deliveries
				+ " times and never committed: 'max-deliveries' is " + maxDeliveries : null;
	}

}
