package org.megaetl.inbox;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.checkpoint.Sha256;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.Utc;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.util.Assert;

/**
 * Remembers the ids of events, in the transaction of the calling thread: of two
 * transactions that bring the same id, at the same moment or long after each other, one
 * gets it.
 */
public final class Inbox {

	/**
	 * Ids per statement: few distinct statements, none of them long. From 1,000 on
	 * MariaDB makes a join of the list ({@code in_predicate_conversion_threshold}), which
	 * meets the locks of ids that are not in it.
	 */
	private static final int CHUNK = 500;

	private final JdbcTemplate jdbc;

	private final Clock clock;

	/**
	 * Creates an inbox.
	 * @param dataSource the sink's data source
	 * @param clock gives the time of arrival
	 */
	public Inbox(DataSource dataSource, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.clock = clock;
	}

	/**
	 * Registers the ids of a batch's events.
	 * @param pipeline the pipeline
	 * @param events the events; those without id are passed over
	 * @param token identifies the transaction
	 * @param wait whether to wait for other transactions that have ids of these
	 * @return which events were here before, with what is known of the first
	 * @throws IdsHeldException if other transactions have ids of these and it is not to
	 * be waited for them
	 */
	public Registration register(PipelineId pipeline, Collection<Event> events, BatchToken token, boolean wait) {
		Map<Event, EventKey> keys = new IdentityHashMap<>();
		Map<Event, byte[]> bodies = new IdentityHashMap<>();
		// sorted, so that two batches never wait for each other crosswise
		TreeMap<EventKey, Event> owners = new TreeMap<>();
		for (Event event : events) {
			if (event.id() != null) {
				EventKey key = EventKey.of(event.id());
				keys.put(event, key);
				bodies.put(event, Sha256.of(event.payload()));
				owners.putIfAbsent(key, event);
			}
		}
		if (owners.isEmpty()) {
			return Registration.NONE;
		}
		List<EventKey> sorted = new ArrayList<>(owners.keySet());
		Map<EventKey, Stored> stored = find(pipeline, sorted);
		List<EventKey> absent = without(sorted, stored);
		if (!wait) {
			requireFree(pipeline, absent, keys);
		}
		while (!absent.isEmpty() && !insert(pipeline, absent, owners, bodies, token)) {
			stored.putAll(find(pipeline, absent));
			absent = without(absent, stored);
		}
		for (EventKey key : absent) {
			stored.put(key, new Stored(token.toBytes(), Objects.requireNonNull(bodies.get(owners.get(key)))));
		}
		return new Registration(keys, owners, bodies, stored, token);
	}

	private static List<EventKey> without(List<EventKey> keys, Map<EventKey, Stored> stored) {
		return keys.stream().filter((key) -> !stored.containsKey(key)).toList();
	}

	/**
	 * Finds out, without waiting, whether another transaction has inserted some of the
	 * ids and is not finished. That an insert would wait cannot be known before, and how
	 * long it does not be limited per statement by all databases; but a locking read
	 * meets the same lock, and locks nothing where there is nothing.
	 */
	private void requireFree(PipelineId pipeline, List<EventKey> absent, Map<Event, EventKey> keys) {
		Set<EventKey> held = new HashSet<>();
		DataAccessException conflict = null;
		for (List<EventKey> chunk : chunks(absent)) {
			DataAccessException failure = findHeld(pipeline, chunk, held);
			conflict = (conflict != null) ? conflict : failure;
		}
		if (conflict != null) {
			Set<Event> events = Collections.newSetFromMap(new IdentityHashMap<>());
			keys.forEach((event, key) -> {
				if (held.contains(key)) {
					events.add(event);
				}
			});
			throw new IdsHeldException(events, conflict);
		}
	}

	private @Nullable DataAccessException findHeld(PipelineId pipeline, List<EventKey> keys, Set<EventKey> held) {
		DataAccessException conflict = conflict(pipeline, keys);
		if (conflict != null && keys.size() == 1) {
			held.add(keys.get(0));
		}
		else if (conflict != null) {
			findHeld(pipeline, keys.subList(0, keys.size() / 2), held);
			findHeld(pipeline, keys.subList(keys.size() / 2, keys.size()), held);
		}
		return conflict;
	}

	private @Nullable DataAccessException conflict(PipelineId pipeline, List<EventKey> keys) {
		try {
			// with a hint: a server that scans a small table meets locks of others
			this.jdbc.query(
					"SELECT 1 FROM mega_inbox FORCE INDEX (PRIMARY) WHERE " + among(keys) + " FOR UPDATE NOWAIT",
					(PreparedStatement statement) -> bind(statement, pipeline, keys), (RowCallbackHandler) (row) -> {
					});
			return null;
		}
		catch (DataAccessException ex) {
			SqlFailure failure = SqlFailure.of(ex);
			if (failure != null && failure.isLockConflict()) {
				return ex;
			}
			throw ex;
		}
	}

	/**
	 * Inserts ids.
	 * @return {@code false} if somebody else has committed one of them meanwhile
	 */
	private boolean insert(PipelineId pipeline, List<EventKey> keys, Map<EventKey, Event> owners,
			Map<Event, byte[]> bodies, BatchToken token) {
		LocalDateTime now = Utc.of(this.clock.instant());
		for (List<EventKey> chunk : chunks(keys)) {
			String sql = "INSERT INTO mega_inbox (namespace, pipeline, event_key, body_hash, token, created_at) VALUES "
					+ "(?,?,?,?,?,?),".repeat(chunk.size() - 1) + "(?,?,?,?,?,?)";
			try {
				this.jdbc.update(sql, (statement) -> {
					int index = 1;
					for (EventKey key : chunk) {
						statement.setString(index++, pipeline.namespace());
						statement.setString(index++, pipeline.pipeline());
						statement.setBytes(index++, key.hash());
						statement.setBytes(index++, bodies.get(owners.get(key)));
						statement.setBytes(index++, token.toBytes());
						statement.setObject(index++, now);
					}
				});
			}
			catch (DuplicateKeyException ex) {
				return false;
			}
		}
		return true;
	}

	private Map<EventKey, Stored> find(PipelineId pipeline, List<EventKey> keys) {
		Map<EventKey, Stored> found = new HashMap<>();
		for (List<EventKey> chunk : chunks(keys)) {
			String sql = "SELECT event_key, token, body_hash FROM mega_inbox WHERE " + among(chunk);
			this.jdbc.query(sql, (PreparedStatement statement) -> bind(statement, pipeline, chunk),
					(RowCallbackHandler) (row) -> found.put(new EventKey(row.getBytes(1)),
							new Stored(row.getBytes(2), row.getBytes(3))));
		}
		return found;
	}

	private static String among(List<EventKey> keys) {
		return "namespace = ? AND pipeline = ? AND event_key IN (" + "?,".repeat(keys.size() - 1) + "?)";
	}

	private static void bind(PreparedStatement statement, PipelineId pipeline, List<EventKey> keys)
			throws SQLException {
		statement.setString(1, pipeline.namespace());
		statement.setString(2, pipeline.pipeline());
		int index = 3;
		for (EventKey key : keys) {
			statement.setBytes(index++, key.hash());
		}
	}

	/**
	 * Forgets the id of an event that was registered in this transaction but is not to be
	 * stored.
	 * @param pipeline the pipeline
	 * @param event the event
	 */
	public void forget(PipelineId pipeline, Event event) {
		Assert.notNull(event.id(), "The event has no id");
		this.jdbc.update("DELETE FROM mega_inbox WHERE namespace = ? AND pipeline = ? AND event_key = ?",
				pipeline.namespace(), pipeline.pipeline(), EventKey.of(event.id()).hash());
	}

	/**
	 * Forgets the ids of events that were registered in a transaction that was committed
	 * without the events.
	 * @param pipeline the pipeline
	 * @param events the events; those without id are passed over
	 * @param token identifies the transaction; ids that came with others are kept
	 */
	public void forget(PipelineId pipeline, Collection<Event> events, BatchToken token) {
		TreeSet<EventKey> keys = new TreeSet<>();
		for (Event event : events) {
			if (event.id() != null) {
				keys.add(EventKey.of(event.id()));
			}
		}
		// one by one, as when they are purged
		this.jdbc.batchUpdate(
				"DELETE FROM mega_inbox WHERE namespace = ? AND pipeline = ? AND event_key = ? AND token = ?", keys,
				CHUNK, (statement, key) -> {
					bind(statement, pipeline, List.of(key));
					statement.setBytes(4, token.toBytes());
				});
	}

	/**
	 * Deletes ids that are older than anybody remembers. Call it in a transaction.
	 * @param pipeline the pipeline
	 * @param before the time of the oldest id kept
	 * @param limit the most ids to delete, so that the table is never locked for long
	 * @return how many were found; none if there are no more
	 */
	public int purge(PipelineId pipeline, Instant before, int limit) {
		// looked for without locks: a range that is locked includes what follows it, as
		// ids that are being written
		List<EventKey> keys = this.jdbc.query(
				"SELECT event_key FROM mega_inbox FORCE INDEX (mega_inbox_created_at) WHERE namespace = ? "
						+ "AND pipeline = ? AND created_at < ? ORDER BY created_at LIMIT " + limit,
				(row, number) -> new EventKey(row.getBytes(1)), pipeline.namespace(), pipeline.pipeline(),
				Utc.of(before));
		// one by one: a server that scans a small table for keys locks all of it; and the
		// time again, as an id may have come anew since somebody else deleted it
		this.jdbc.batchUpdate(
				"DELETE FROM mega_inbox WHERE namespace = ? AND pipeline = ? AND event_key = ? AND created_at < ?",
				keys, limit, (statement, key) -> {
					bind(statement, pipeline, List.of(key));
					statement.setObject(4, Utc.of(before));
				});
		return keys.size();
	}

	private static List<List<EventKey>> chunks(List<EventKey> keys) {
		List<List<EventKey>> chunks = new ArrayList<>();
		for (int from = 0; from < keys.size(); from += CHUNK) {
			chunks.add(keys.subList(from, Math.min(keys.size(), from + CHUNK)));
		}
		return chunks;
	}

	/**
	 * What is stored under an id.
	 *
	 * @param token identifies the transaction that brought the id
	 * @param bodyHash the SHA-256 of the payload it came with
	 */
	record Stored(byte[] token, byte[] bodyHash) {

	}

}
