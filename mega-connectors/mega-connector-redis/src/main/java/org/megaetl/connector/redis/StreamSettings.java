package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;

/**
 * What an inbound says about its stream, with defaults.
 *
 * @param stream the stream's key
 * @param group the consumer group
 * @param consumer the consumer
 * @param start where the group begins if it is created
 * @param payload the field that holds the payload
 * @param batchSize the most entries that are read together
 * @param claimAfter how long an entry may stay unacknowledged
 * @param consumerRetention how long a consumer may be idle
 * @param maxDeliveries how often an entry may be delivered
 * @param maxLength how many entries to keep, or {@code null} for all
 * @param maxAge how long to keep entries, or {@code null} for ever
 * @param deleteAcknowledged whether entries are deleted when they are acknowledged
 */
record StreamSettings(String stream, String group, String consumer, String start, String payload, int batchSize,
		Duration claimAfter, Duration consumerRetention, int maxDeliveries, @Nullable Long maxLength,
		@Nullable Duration maxAge, boolean deleteAcknowledged) {

	private static final Duration LONGEST_CLAIM_INTERVAL = Duration.ofSeconds(30);

	static final int MAX_DELIVERIES = 10;

	static final String GROUP = "mega";

	static final String PAYLOAD = "payload";

	/**
	 * Returns the settings of one of an inbound's readers.
	 * @param inbound the inbound
	 * @param host finds the name of this host, which is asked only for an inbound that
	 * names no consumer: there may be none
	 * @param number the reader's number, from 0
	 * @return the settings
	 */
	static StreamSettings of(Inbound inbound, Supplier<String> host, int number) {
		String consumer = (inbound.consumer() != null) ? inbound.consumer() : host.get();
		return new StreamSettings(Objects.requireNonNull(inbound.stream()),
				Objects.requireNonNullElse(inbound.group(), GROUP),
				(number == 0) ? consumer : consumer + "-" + (number + 1),
				Objects.requireNonNullElse(inbound.start(), "0"),
				Objects.requireNonNullElse(inbound.payload(), PAYLOAD), inbound.batchSize(),
				Objects.requireNonNullElse(inbound.claimAfter(), Duration.ofMinutes(1)),
				Objects.requireNonNullElse(inbound.consumerRetention(), Duration.ofDays(1)),
				Objects.requireNonNullElse(inbound.maxDeliveries(), MAX_DELIVERIES), inbound.maxLength(),
				inbound.maxAge(), Boolean.TRUE.equals(inbound.deleteAcknowledged()));
	}

	/**
	 * How often to look for what others left behind.
	 */
	Duration claimInterval() {
		Duration quarter = this.claimAfter.dividedBy(4);
		return (quarter.compareTo(LONGEST_CLAIM_INTERVAL) < 0) ? quarter.plusMillis(1) : LONGEST_CLAIM_INTERVAL;
	}

}
