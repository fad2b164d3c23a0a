package org.megaetl.deadletter;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.sink.Utc;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/**
 * Stores dead letters in the transaction of the calling thread.
 */
public final class DeadLetterStore {

	/** Dead letters that are locked with one statement. */
	private static final int STEP = 1000;

	private final DataSource dataSource;

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	private final DeadLetterInsert insert;

	private final Clock clock;

	private final boolean redactValues;

	/**
	 * Creates a store.
	 * @param dataSource the sink's data source
	 * @param clock gives the time of failure
	 * @param maxPayload the largest payload stored whole
	 * @param redactValues whether to replace values of events in messages by {@code ?}
	 */
	public DeadLetterStore(DataSource dataSource, Clock clock, DataSize maxPayload, boolean redactValues) {
		this.dataSource = dataSource;
		this.jdbc = JdbcClient.create(dataSource);
		this.batches = new JdbcTemplate(dataSource);
		this.clock = clock;
		this.insert = new DeadLetterInsert(dataSource, clock, maxPayload.toBytes());
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
	 * Stores events as dead letters.
	 * @param pipeline the pipeline they came through
	 * @param events the events; may be empty
	 * @return the dead letters' ids, in the same order
	 */
	public List<Long> store(PipelineId pipeline, List<RefusedEvent> events) {
		return this.insert.insert(pipeline, events);
	}

	/**
	 * Finds the dead letters of some places of a source. It looks at all that the
	 * pipeline has, by its index: not for every batch.
	 * @param pipeline the pipeline
	 * @param key the part of the source, see {@link SourcePosition#key()}
	 * @param places how their positions begin, up to a slash; may be empty
	 * @return the dead letters, in the order of their ids
	 */
	public List<DeadLetter> at(PipelineId pipeline, String key, List<String> places) {
		return new DeadLetterRepository(this.dataSource, pipeline.namespace()).at(pipeline.pipeline(), key, places);
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
		// one by one, and with a hint: a server that scans a small table locks the rows
		// that others are writing
		List<Object[]> args = ids.stream().map((id) -> new Object[] { id }).toList();
		this.batches.batchUpdate("DELETE FROM mega_dead_letter WHERE id = ?", args);
		this.batches.batchUpdate("DELETE payload FROM mega_dead_letter_payload payload FORCE INDEX (PRIMARY) "
				+ "WHERE payload.dead_letter_id = ?", args);
	}

	/**
	 * Locks and deletes dead letters with their payloads.
	 * @param pipeline the pipeline
	 * @param ids the dead letters, in order; may be empty
	 * @return whether all of them still existed; if not, the transaction must be rolled
	 * back
	 */
	public boolean deleteAll(PipelineId pipeline, List<Long> ids) {
		for (int i = 0; i < ids.size(); i += STEP) {
			List<Long> some = ids.subList(i, Math.min(ids.size(), i + STEP));
			if (lock(pipeline, some).size() < some.size()) {
				return false;
			}
			delete(some);
		}
		return true;
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
			.param("message", DeadLetterInsert.limit(failure.message(), DeadLetterInsert.MAX_MESSAGE_LENGTH))
			.param("sqlState", DeadLetterInsert.limit(failure.sqlState(), DeadLetterInsert.MAX_SQL_STATE_LENGTH))
			.param("vendorCode", failure.vendorCode())
			.param("now", Utc.of(Instant.now(this.clock)))
			.param("id", id)
			.update();
	}

}
