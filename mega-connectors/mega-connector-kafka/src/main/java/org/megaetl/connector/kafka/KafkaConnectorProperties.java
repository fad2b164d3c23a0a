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
 * @param enabled whether topics are read
 * @param inbound the inbounds by name; the pipeline of each is named kafka.(name)
 */
@Validated
@ConfigurationProperties("mega.connectors.kafka")
record KafkaConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * Topics that are read.
	 *
	 * @param topics names of the topics; that of KAFKA_URL if there is neither this nor a
	 * pattern
	 * @param topicPattern regular expression that the names of all topics to read match,
	 * those created later included
	 * @param transformer name of the transformer
	 * @param groupId name of the consumer group; spring.kafka.consumer.group-id if not
	 * set, or else the namespace and the pipeline's name
	 * @param concurrency how many consumers read at the same time, each with a connection
	 * to the database
	 * @param start where to begin in a topic that this pipeline has never read
	 * @param startTimestamp time of the first record to read, if start is timestamp
	 * @param onGap what to do when records are gone that have not been read
	 * @param tombstones what to do with records that have no value
	 * @param id what the state of the pipeline is kept under, so that the inbound can be
	 * renamed; the pipeline's name if not set
	 * @param bootstrapServers addresses of the brokers; spring.kafka.bootstrap-servers if
	 * not set
	 * @param sslBundle name of the SSL bundle to connect with; that of spring.kafka if
	 * not set
	 * @param deadLetterTopic name of a topic that dead letters are sent to as well; none
	 * if not set
	 * @param schemaRegistry address of the schema registry, with user and password,
	 * percent-encoded, if it wants them, where values are in its wire format; if not set,
	 * the transformer gets values as they are
	 * @param sample file with an event to try the topic with; the log of the start says
	 * how
	 * @param properties further properties of the Kafka client by name; they win over
	 * those of spring.kafka
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
		TIMESTAMP

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
