package org.megaetl.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.megaetl.sink.LoadData;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the engine.
 *
 * @param namespace First part of every key in the tables mega_*, so that two applications
 * on one database never meet. By default the value of spring.application.name; where
 * there is a pipeline, one of the two must be set.
 * @param sink Where rows are written.
 * @param inbox Ids of events already taken.
 * @param deadLetter Events that could not be written.
 * @param transform Limits for transformers.
 *
 */
@Validated
@ConfigurationProperties("mega")
record MegaProperties(@Size(min = 1, max = 63) @Nullable String namespace, @DefaultValue @Valid Sink sink,
		@DefaultValue @Valid Inbox inbox, @DefaultValue @Valid DeadLetter deadLetter,
		@DefaultValue @Valid Transform transform) {

	/**
	 * Limits for transformers.
	 *
	 * @param timeout How long a transformer may take for one event before it is
	 * interrupted and the event is refused.
	 * @param grace How long an interrupted transformer may still run before its pipeline
	 * fails.
	 */
	record Transform(@DefaultValue("30s") @DurationMin(millis = 1) Duration timeout,
			@DefaultValue("10s") @DurationMin Duration grace) {

	}

	/**
	 * Where rows are written.
	 *
	 * @param jdbc How rows are written through JDBC.
	 */
	record Sink(@DefaultValue @Valid Jdbc jdbc) {

	}

	/**
	 * How rows are written through JDBC.
	 *
	 * @param batchSize Maximum number of rows in one statement and, where the source
	 * pushes its events as the webhook does, of events in one transaction.
	 * @param writers Number of transactions that a pipeline whose source pushes its
	 * events, such as the webhook, may have under way at once. That of a lone event,
	 * which the thread that brings it may write, does not count.
	 * @param maxWaiting Maximum number of events that wait for a transaction in a
	 * pipeline whose source pushes its events, such as the webhook. Beyond it senders are
	 * told to come back later.
	 * @param maximumPoolSize Maximum number of connections to the database that rows are
	 * written through, besides those of spring.datasource.hikari.
	 * @param connectionTimeout How long a pipeline waits for a connection before the
	 * database counts as away.
	 * @param lockWaitTimeout How long a statement waits for a row that another
	 * transaction holds before the batch is tried again. Must be whole seconds.
	 * @param loadData Whether many rows to insert are written by LOAD DATA, where the
	 * server allows it and the table stores the same as of an INSERT.
	 */
	record Jdbc(@DefaultValue("1000") @Min(1) @Max(65535) int batchSize, @DefaultValue("2") @Min(1) int writers,
			@DefaultValue("10000") @Min(1) int maxWaiting, @DefaultValue("10") @Min(1) int maximumPoolSize,
			@DefaultValue("3s") @DurationMin(millis = 250) Duration connectionTimeout,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration lockWaitTimeout,
			@DefaultValue("auto") LoadData loadData) {

		Jdbc {
			Assert.isTrue(lockWaitTimeout.getNano() == 0, "'lock-wait-timeout' must be whole seconds");
		}

	}

	/**
	 * Ids of events already taken.
	 *
	 * @param retention How long the id of an event is remembered, unless its inbound says
	 * otherwise. An event that is sent again later is written again.
	 */
	record Inbox(@DefaultValue("7d") @DurationMin(minutes = 1) Duration retention) {

	}

	/**
	 * Events that could not be written.
	 *
	 * @param maxPayload Maximum size of a dead letter's payload that is stored. Of a
	 * larger one only length and hash are.
	 * @param redactValues Whether values of events in the messages of dead letters are
	 * replaced by question marks, as far as they can be recognised.
	 * @param retention How long a dead letter is kept after it failed last. By default
	 * until it is replayed or discarded.
	 * @param stopAfter When a pipeline that refuses too much stops.
	 */
	record DeadLetter(@DefaultValue("16MB") DataSize maxPayload, @DefaultValue("false") boolean redactValues,
			@Nullable @DurationMin(minutes = 1) Duration retention, @DefaultValue @Valid StopAfter stopAfter) {

		DeadLetter {
			Assert.isTrue(!maxPayload.isNegative(), "'max-payload' must not be negative");
		}

	}

	/**
	 * When a pipeline that refuses too much stops.
	 *
	 * @param consecutive Number of dead letters in a row after which a pipeline stops.
	 * With 0, it never does.
	 * @param percentage Percentage of dead letters among the latest events at which a
	 * pipeline stops. With 0, it never does.
	 * @param window Number of latest events of which the percentage of dead letters is
	 * taken.
	 */
	record StopAfter(@DefaultValue("1000") @Min(0) int consecutive, @DefaultValue("0") @Min(0) @Max(100) int percentage,
			@DefaultValue("1000") @Min(1) int window) {

	}

}
