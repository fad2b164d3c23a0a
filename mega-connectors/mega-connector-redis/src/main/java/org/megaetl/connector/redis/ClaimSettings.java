package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Objects;

import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;

/**
 * What an inbound says about what it claims, with defaults.
 *
 * @param name what all names of claims begin with; a hash tag puts them into one slot
 * @param batchSize the most that is claimed together
 * @param batchBytes how many bytes of elements of a list are claimed together: no more
 * are added when there are so many
 * @param deadAfter how long after its last sign of life an instance counts as dead
 * @param maxDeliveries how often what was claimed may be delivered
 */
record ClaimSettings(String name, int batchSize, long batchBytes, Duration deadAfter, int maxDeliveries) {

	/** What no name of a key of somebody else has in it. */
	static final String INFIX = ":mega-claims:";

	/**
	 * Returns the settings of an inbound.
	 * @param inbound the inbound
	 * @param tag what the names begin with
	 * @param owner the application and the pipeline, which alone knows what it committed
	 * @param batchBytes how many bytes may be claimed together
	 * @return the settings
	 */
	static ClaimSettings of(Inbound inbound, String tag, String owner, long batchBytes) {
		return new ClaimSettings(tag + INFIX + owner, inbound.batchSize(), batchBytes,
				Objects.requireNonNullElse(inbound.deadAfter(), Duration.ofSeconds(15)),
				Objects.requireNonNullElse(inbound.maxDeliveries(), StreamSettings.MAX_DELIVERIES));
	}

	/**
	 * How often to give a sign of life, and to look for others that give none.
	 */
	Duration heartbeat() {
		return this.deadAfter.dividedBy(4);
	}

}
