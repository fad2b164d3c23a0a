package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the Redis connector.
 *
 * @param enabled whether events are read from Redis
 * @param inbound the inbounds by name; the pipeline of each is named redis.(name)
 */
@Validated
@ConfigurationProperties("mega.connectors.redis")
record RedisConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * One source of events: exactly one of a stream, a list, keys, a channel and a
	 * pattern of channels. What has a default but belongs to some of these only is
	 * {@code null} if not set, so that it can be refused for the others.
	 *
	 * @param stream key of the stream to read, as a member of a consumer group
	 * @param list key of the list to take elements from
	 * @param keys pattern of the keys to take, such as order:*
	 * @param channel name of the channel to subscribe to; at most once
	 * @param pattern pattern of the channels to subscribe to; at most once
	 * @param transformer name of the transformer
	 * @param id what the state of the pipeline is kept under, so that the inbound can be
	 * renamed; the pipeline's name if not set
	 * @param batchSize most events that are read and delivered together
	 * @param concurrency how many threads read, each with a connection of its own; with
	 * more than one, the order is not kept
	 * @param connection settings of this inbound's own connection, named as those under
	 * spring.data.redis, which are used if there are none
	 * @param group consumer group of the stream, which is created if there is none; mega
	 * if not set
	 * @param consumer this instance's name in the consumer group, which must be the same
	 * after a restart; the name of the host if not set
	 * @param start where a consumer group that is created begins: 0 for the first entry,
	 * $ for what comes after, or an entry's id; 0 if not set
	 * @param payload field of an entry that holds the payload; an entry without it is
	 * delivered as a JSON object of its fields; payload if not set
	 * @param claimAfter how long an entry may stay unacknowledged with a consumer before
	 * another takes it over; 1m if not set
	 * @param consumerRetention how long a consumer without pending entries may be idle
	 * before it is removed from the group; 1d if not set
	 * @param maxLength most entries to keep in the stream; older ones are deleted if all
	 * groups have acknowledged them
	 * @param maxAge how long to keep entries in the stream; older ones are deleted if all
	 * groups have acknowledged them
	 * @param deleteAcknowledged whether entries are deleted as soon as they, and all
	 * groups, have acknowledged them
	 * @param maxDeliveries how often an event may be delivered and not be committed, as
	 * when it ends the process, before it is a dead letter; 10 if not set
	 * @param takeFrom end of the list that elements are taken from; left if not set
	 * @param deadAfter how long after its last sign of life an instance counts as dead,
	 * so that others take over what it had claimed; 15s if not set
	 * @param after what happens to a key when its event is committed; delete if not set
	 * @param renamePrefix what a key's name is prefixed with after its event is committed
	 * @param pollInterval how long to wait after keys were searched before they are
	 * searched again; 1s if not set
	 * @param buffer most messages of a channel that wait to be delivered; what comes
	 * beyond is dropped and counted; 10000 if not set
	 */
	record Inbound(@Nullable @Size(min = 1) String stream, @Nullable @Size(min = 1) String list,
			@Nullable @Size(min = 1) String keys, @Nullable @Size(min = 1) String channel,
			@Nullable @Size(min = 1) String pattern, @NotBlank String transformer,
			@Nullable @Size(min = 1, max = 127) String id, @DefaultValue("1000") @Min(1) @Max(10_000) int batchSize,
			@DefaultValue("1") @Min(1) @Max(64) int concurrency, @DefaultValue Map<String, String> connection,
			@Nullable @Size(min = 1) String group, @Nullable @Size(min = 1) String consumer,
			@Nullable @Pattern(regexp = "\\$|\\d+(-\\d+)?") String start, @Nullable @Size(min = 1) String payload,
			@Nullable @DurationMin(millis = 1) Duration claimAfter,
			@Nullable @DurationMin(millis = 1) Duration consumerRetention, @Nullable @Min(0) Long maxLength,
			@Nullable @DurationMin(millis = 1) Duration maxAge, @Nullable Boolean deleteAcknowledged,
			@Nullable @Min(2) Integer maxDeliveries, @Nullable End takeFrom,
			@Nullable @DurationMin(millis = 100) Duration deadAfter, @Nullable After after,
			@Nullable @Size(min = 1) String renamePrefix, @Nullable @DurationMin(millis = 1) Duration pollInterval,
			@Nullable @Min(1) Integer buffer) {

	}

	/**
	 * An end of a list.
	 */
	enum End {

		/** The end that LPUSH adds to. */
		LEFT,

		/** The end that RPUSH adds to. */
		RIGHT

	}

	/**
	 * What happens to a key when its event is committed.
	 */
	enum After {

		/** It is deleted. */
		DELETE,

		/** It gets another name. */
		RENAME,

		/** It stays, and is read again when it has changed. */
		KEEP

	}

}
