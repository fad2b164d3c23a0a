package org.megaetl.deadletter;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.sink.Utc;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.util.unit.DataSize;

/**
 * Stores dead letters in the transaction of the calling thread.
 */
public final class DeadLetterStore {

	private static final int CHUNK_SIZE = 1 << 18;

	private static final int MAX_MESSAGE_LENGTH = 2000;

	/** The times that a DATETIME holds, less a second for rounding. */
	private static final Instant EARLIEST = Instant.parse("1000-01-01T00:00:00Z");

	private static final Instant LATEST = Instant.parse("9999-12-31T23:59:58Z");

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	private final JsonMapper json = JsonMapper.shared();

	private final Clock clock;

	private final long maxPayload;

	private final boolean redactValues;

	/**
	 * Creates a store.
	 * @param dataSource the sink's data source
	 * @param clock gives the time of failure
	 * @param maxPayload the largest payload stored whole
	 * @param redactValues whether to replace values of events in messages by {@code ?}
	 */
	public DeadLetterStore(DataSource dataSource, Clock clock, DataSize maxPayload, boolean redactValues) {
		this.jdbc = JdbcClient.create(dataSource);
		this.batches = new JdbcTemplate(dataSource);
		this.clock = clock;
		this.maxPayload = maxPayload.toBytes();
		this.redactValues = redactValues;
	}

	/**
	 * Describes why an event could not be written, without its values if so configured.
	 * @param failure what the transformer or the database threw
	 * @return the description to store
	 */
	public DeadLetterFailure describe(Throwable failure) {
		return DeadLetterFailure.of(failure, this.redactValues);
	}

	/**
	 * Stores an event as a dead letter.
	 * @param pipeline the pipeline it came through
	 * @param event the event, its payload as received
	 * @param failure why it could not be written
	 * @return the dead letter's id
	 */
	public long store(PipelineId pipeline, Event event, DeadLetterFailure failure) {
		LocalDateTime now = Utc.of(this.clock.instant());
		boolean whole = event.payload().length <= this.maxPayload;
		SourcePosition position = event.position();
		GeneratedKeyHolder id = new GeneratedKeyHolder();
		this.jdbc.sql("""
				INSERT INTO mega_dead_letter (namespace, pipeline, position_key, position, event_id, event_key,
				event_timestamp, headers, payload_length, payload_sha256, payload_stored, reason, message, sql_state,
				vendor_code, attempts, first_failed_at, last_failed_at)
				VALUES (:namespace, :pipeline, :positionKey, :position, :eventId, :eventKey, :timestamp, :headers,
				:length, :sha256, :stored, :reason, :message, :sqlState, :vendorCode, 1, :now, :now)""")
			.param("namespace", pipeline.namespace())
			.param("pipeline", pipeline.pipeline())
			.param("positionKey", (position != null) ? position.key() : null)
			.param("position", (position != null) ? position.value() : null)
			.param("eventId", event.id())
			.param("eventKey", event.key())
			.param("timestamp", storable(event.timestamp()))
			.param("headers", this.json.writeValueAsString(event.headers().toMap()))
			.param("length", event.payload().length)
			.param("sha256", sha256(event.payload()))
			.param("stored", whole)
			.param("reason", failure.reason().name())
			.param("message", limit(failure.message(), MAX_MESSAGE_LENGTH))
			.param("sqlState", limit(failure.sqlState(), 5))
			.param("vendorCode", failure.vendorCode())
			.param("now", now)
			.update(id, "id");
		Number key = id.getKey();
		if (key == null) {
			throw new IllegalStateException("The database gave no id for a row of mega_dead_letter");
		}
		if (whole) {
			storePayload(key.longValue(), event.payload());
		}
		return key.longValue();
	}

	/**
	 * Locks dead letters until the end of the transaction, so that nobody else replays or
	 * discards them.
	 * @param pipeline the pipeline
	 * @param ids the dead letters; may be empty
	 * @return those that still exist
	 */
	public Set<Long> lock(PipelineId pipeline, Collection<Long> ids) {
		if (ids.isEmpty()) {
			return Set.of();
		}
		// in the order of the key, so that two replays never wait for each other
		// crosswise
		return new HashSet<>(this.jdbc.sql("""
				SELECT id FROM mega_dead_letter FORCE INDEX (PRIMARY)
				WHERE id IN (:ids) AND namespace = :namespace AND pipeline = :pipeline ORDER BY id FOR UPDATE""")
			.param("ids", ids)
			.param("namespace", pipeline.namespace())
			.param("pipeline", pipeline.pipeline())
			.query(Long.class)
			.list());
	}

	/**
	 * Deletes dead letters with their payloads.
	 * @param ids the dead letters, locked; may be empty
	 */
	public void delete(Collection<Long> ids) {
		// one by one, and with a hint: a server that scans a small table locks what
		// others
		// are writing
		List<Object[]> args = ids.stream().map((id) -> new Object[] { id }).toList();
		this.batches.batchUpdate("DELETE FROM mega_dead_letter WHERE id = ?", args);
		this.batches.batchUpdate("DELETE payload FROM mega_dead_letter_payload payload FORCE INDEX (PRIMARY) "
				+ "WHERE payload.dead_letter_id = ?", args);
	}

	/**
	 * Notes that a replay of a dead letter failed. It keeps its id and the time of its
	 * first failure.
	 * @param id the dead letter, locked
	 * @param failure why its event could not be written this time
	 */
	public void failedAgain(long id, DeadLetterFailure failure) {
		this.jdbc.sql("""
				UPDATE mega_dead_letter SET reason = :reason, message = :message, sql_state = :sqlState,
				vendor_code = :vendorCode, attempts = attempts + 1, last_failed_at = :now WHERE id = :id""")
			.param("reason", failure.reason().name())
			.param("message", limit(failure.message(), MAX_MESSAGE_LENGTH))
			.param("sqlState", limit(failure.sqlState(), 5))
			.param("vendorCode", failure.vendorCode())
			.param("now", Utc.of(Instant.now(this.clock)))
			.param("id", id)
			.update();
	}

	private void storePayload(long id, byte[] payload) {
		int chunk = 0;
		for (int from = 0; from < payload.length; from += CHUNK_SIZE) {
			this.jdbc.sql("INSERT INTO mega_dead_letter_payload (dead_letter_id, chunk_no, data) VALUES (?, ?, ?)")
				.params(id, chunk++, Arrays.copyOfRange(payload, from, Math.min(payload.length, from + CHUNK_SIZE)))
				.update();
		}
	}

	/**
	 * A source may claim any time; one that the column cannot hold must not hold up the
	 * letter.
	 */
	private static @Nullable LocalDateTime storable(@Nullable Instant timestamp) {
		return (timestamp == null || timestamp.isBefore(EARLIEST) || timestamp.isAfter(LATEST)) ? null
				: Utc.of(timestamp);
	}

	private static @Nullable String limit(@Nullable String text, int length) {
		if (text == null || text.codePointCount(0, text.length()) <= length) {
			return text;
		}
		return text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
	}

	static byte[] sha256(byte[] payload) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(payload);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
