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
 * @param enabled Whether events are read from Redis.
 * @param inbound Inbounds by name. The pipeline of each is named redis.(name).
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
	 * @param stream Key of the stream to read, as a member of a consumer group.
	 * @param list Key of the list to take elements from.
	 * @param keys Pattern of the keys to take, such as order:*.
	 * @param channel Name of the channel to subscribe to. Its messages are delivered at
	 * most once.
	 * @param pattern Pattern of the channels to subscribe to. Their messages are
	 * delivered at most once.
	 * @param transformer Name of the transformer.
	 * @param id Name that the state of the pipeline is kept under, so that the inbound
	 * can be renamed. By default the pipeline's name.
	 * @param batchSize Maximum number of events that are read and delivered together.
	 * @param concurrency Number of threads that read, each with a connection of its own.
	 * With more than one, the order is not kept.
	 * @param connection Settings of this inbound's own connection, named as those under
	 * spring.data.redis. By default those are used.
	 * @param group Consumer group of the stream, which is created if there is none. By
	 * default mega.
	 * @param consumer This instance's name in the consumer group, which must be the same
	 * after a restart. By default the name of the host.
	 * @param start Where a consumer group that is created begins: 0 for the first entry,
	 * $ for what comes after, or an entry's id. By default 0.
	 * @param payload Field of an entry that holds the payload. An entry without it is
	 * delivered as a JSON object of its fields. By default payload.
	 * @param claimAfter How long an entry may stay unacknowledged with a consumer before
	 * another takes it over. By default 1m.
	 * @param consumerRetention How long a consumer without pending entries may be idle
	 * before it is removed from the group. By default 1d.
	 * @param maxLength Maximum number of entries to keep in the stream. Older ones are
	 * deleted if all groups have acknowledged them.
	 * @param maxAge How long to keep entries in the stream. Older ones are deleted if all
	 * groups have acknowledged them.
	 * @param deleteAcknowledged Whether entries are deleted as soon as all groups have
	 * acknowledged them.
	 * @param maxDeliveries How often an event may be delivered and not be committed, as
	 * when it ends the process, before it becomes a dead letter. By default 10.
	 * @param takeFrom End of the list that elements are taken from. By default left.
	 * @param deadAfter How long after its last sign of life an instance counts as dead,
	 * so that others take over what it had claimed. By default 15s.
	 * @param after What happens to a key when its event is committed. By default delete.
	 * @param renamePrefix Prefix that a key's name gets after its event is committed, if
	 * it is renamed.
	 * @param pollInterval How long to wait after keys were searched before they are
	 * searched again. By default 1s.
	 * @param buffer Maximum number of messages of a channel that wait to be delivered.
	 * Further ones are dropped and counted. By default 10000.
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
