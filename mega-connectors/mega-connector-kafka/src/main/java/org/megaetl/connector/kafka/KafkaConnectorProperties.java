package org.megaetl.connector.kafka;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the Kafka connector.
 *
 * @param enabled Whether topics are read.
 * @param inbound Inbounds by name. The pipeline of each is named kafka.(name).
 */
@Validated
@ConfigurationProperties("mega.connectors.kafka")
record KafkaConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * Topics that are read.
	 *
	 * @param topics Names of the topics. By default that of KAFKA_URL, if there is no
	 * pattern either.
	 * @param topicPattern Regular expression that the names of all topics to read match,
	 * those created later included.
	 * @param transformer Name of the transformer.
	 * @param groupId Name of the consumer group. By default
	 * spring.kafka.consumer.group-id, or else the namespace and the pipeline's name.
	 * @param concurrency Number of consumers that read at the same time, each with a
	 * connection to the database.
	 * @param start Where to begin in a topic that this pipeline has never read.
	 * @param startTimestamp Time of the first record to read, if start is timestamp.
	 * @param onGap What to do when records are gone that have not been read.
	 * @param tombstones What to do with records that have no value.
	 * @param id Name that the state of the pipeline is kept under, so that the inbound
	 * can be renamed. By default the pipeline's name.
	 * @param bootstrapServers Addresses of the brokers. By default
	 * spring.kafka.bootstrap-servers.
	 * @param sslBundle Name of the SSL bundle to connect with. By default that of
	 * spring.kafka.
	 * @param deadLetterTopic Name of a topic that dead letters are sent to as well. By
	 * default they are sent nowhere.
	 * @param schemaRegistry Address of the schema registry where values are in its wire
	 * format, with user and password, percent-encoded, if it wants them. By default the
	 * transformer gets values as they are.
	 * @param sample File with an event to try the topic with. The log of the start says
	 * how, unless there is a schema registry.
	 * @param properties Further properties of the Kafka client by name. They win over
	 * those of spring.kafka.
	 */
	record Inbound(@DefaultValue List<String> topics, @Nullable String topicPattern, @NotBlank String transformer,
			@Nullable String groupId, @DefaultValue("1") @Min(1) @Max(64) int concurrency,
			@DefaultValue("earliest") Start start, @Nullable Instant startTimestamp,
			@DefaultValue("continue") OnGap onGap, @DefaultValue("skip") Tombstones tombstones,
			@Nullable @Size(min = 1, max = 127) String id, @Nullable List<String> bootstrapServers,
			@Nullable String sslBundle, @Nullable String deadLetterTopic, @Nullable String schemaRegistry,
			@Nullable Path sample, @DefaultValue Map<String, String> properties) {

	}

	/**
	 * Where to begin.
	 */
	enum Start {

		/** With the oldest record there is. */
		EARLIEST,

		/** With the first record after the first start. */
		LATEST,

		/** With the first record of a certain time or later. */
		TIMESTAMP,

		/**
		 * With the offsets that the consumer group has committed; with the oldest record
		 * in partitions that it has none of.
		 */
		GROUP_OFFSETS

	}

	/**
	 * What to do when records are gone that have not been read.
	 */
	enum OnGap {

		/** Warn, count them, and read on with the next there is. */
		CONTINUE,

		/** Fail: an operator looks, and resumes the pipeline. */
		STOP

	}

	/**
	 * What to do with records that have no value.
	 */
	enum Tombstones {

		/** Count them as skipped. */
		SKIP,

		/** Hand them to the transformer, with an empty payload and a header. */
		DELIVER

	}

}
