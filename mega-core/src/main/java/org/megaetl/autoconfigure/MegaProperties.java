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
 * @param namespace first part of every key in the platform's tables, so that two
 * applications on one database never meet; the value of spring.application.name if not
 * set; where there is a pipeline, one of the two must be
 * @param sink where rows are written
 * @param inbox ids of events already taken
 * @param deadLetter events that could not be written
 * @param transform limits for transformers
 * @param validate whether the application only validates its configuration, tables,
 * transformers and their tests, and ends; without a value it means true
 */
@Validated
@ConfigurationProperties("mega")
record MegaProperties(@Size(min = 1, max = 63) @Nullable String namespace, @DefaultValue @Valid Sink sink,
		@DefaultValue @Valid Inbox inbox, @DefaultValue @Valid DeadLetter deadLetter,
		@DefaultValue @Valid Transform transform, @DefaultValue("false") String validate) {

	/**
	 * Limits for transformers.
	 *
	 * @param timeout how long a transformer may take for one event before it is
	 * interrupted and the event refused
	 * @param grace how long it may go on after that before its pipeline fails
	 */
	record Transform(@DefaultValue("30s") @DurationMin(millis = 1) Duration timeout,
			@DefaultValue("10s") @DurationMin Duration grace) {

	}

	/**
	 * Where rows are written.
	 *
	 * @param jdbc how they are written through JDBC
	 */
	record Sink(@DefaultValue @Valid Jdbc jdbc) {

	}

	/**
	 * How rows are written through JDBC.
	 *
	 * @param batchSize most rows of one statement, and most events of one transaction
	 * where the source pushes
	 * @param writers transactions that a pipeline whose source pushes may have under way
	 * at once, but for that of a lone event, which the thread that brings it may write
	 * @param maxWaiting most events that wait for a transaction in a pipeline whose
	 * source pushes; beyond it senders are told to come back
	 * @param maximumPoolSize most connections to the database that the sink uses
	 * @param connectionTimeout how long a pipeline waits for a connection before the
	 * database counts as away
	 * @param lockWaitTimeout how long a statement waits for a row that another
	 * transaction holds before the batch is tried again; whole seconds
	 * @param loadData whether many rows to insert are written by LOAD DATA, where the
	 * server allows it and the table stores the same as of an INSERT
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
	 * @param retention how long an id is remembered, unless its inbound says otherwise;
	 * an event that comes again later is written again
	 */
	record Inbox(@DefaultValue("7d") @DurationMin(minutes = 1) Duration retention) {

	}

	/**
	 * Events that could not be written.
	 *
	 * @param maxPayload largest payload that is stored whole; of a larger one its length
	 * and hash are
	 * @param redactValues whether values of events in the messages of dead letters are
	 * replaced by question marks, as far as they can be recognised
	 * @param retention how long a dead letter is kept after it failed last; for ever if
	 * not set
	 * @param stopAfter when a pipeline that refuses too much stops
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
	 * @param consecutive number of dead letters in a row after which a pipeline stops; 0
	 * for never
	 * @param percentage percentage of dead letters among the events of the window at
	 * which a pipeline stops; 0 for never
	 * @param window number of events over which the percentage is taken
	 */
	record StopAfter(@DefaultValue("1000") @Min(0) int consecutive, @DefaultValue("0") @Min(0) @Max(100) int percentage,
			@DefaultValue("1000") @Min(1) int window) {

	}

}
