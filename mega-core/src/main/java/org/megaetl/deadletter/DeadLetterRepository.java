package org.megaetl.deadletter;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.Utc;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the dead letters of one namespace, in the transaction of the calling thread.
 */
final class DeadLetterRepository {

	/** How many bytes of payloads are deleted in one transaction, if it is several. */
	private static final long MAX_DELETED_BYTES = 16L << 20;

	private static final TypeReference<Map<String, List<String>>> HEADERS = new TypeReference<>() {
	};

	private final JdbcClient jdbc;

	private final String namespace;

	private final JsonMapper json = JsonMapper.shared();

	DeadLetterRepository(DataSource dataSource, String namespace) {
		this.jdbc = JdbcClient.create(dataSource);
		this.namespace = namespace;
	}

	/**
	 * Returns a page of the newest first.
	 * @param before only ids below this one
	 */
	List<DeadLetter> newestFirst(DeadLetterFilter filter, long before, int limit) {
		Criteria criteria = criteria(filter).and("id < ?", before);
		return list(criteria, "ORDER BY id DESC LIMIT " + limit);
	}

	/**
	 * Returns a page of the oldest first.
	 * @param after only ids above this one
	 * @param last only ids up to this one
	 */
	List<DeadLetter> oldestFirst(DeadLetterFilter filter, long after, long last, int limit) {
		Criteria criteria = criteria(filter).and("id > ?", after).and("id <= ?", last);
		return list(criteria, "ORDER BY id LIMIT " + limit);
	}

	/**
	 * Returns the dead letters of some places of a source, the oldest first.
	 * @param places how their positions begin, up to a slash
	 */
	List<DeadLetter> at(String pipeline, String positionKey, List<String> places) {
		if (places.isEmpty()) {
			return List.of();
		}
		Criteria criteria = criteria(DeadLetterFilter.ofPipeline(pipeline)).and("position_key = ?", positionKey);
		criteria.args().addAll(places);
		return list(criteria,
				"AND SUBSTRING_INDEX(position, '/', 1) IN (" + "?,".repeat(places.size() - 1) + "?) ORDER BY id");
	}

	Optional<DeadLetter> find(long id) {
		return list(criteria(DeadLetterFilter.ALL).and("id = ?", id), "").stream().findFirst();
	}

	/**
	 * Returns the highest id there is, or 0.
	 */
	long lastId() {
		return this.jdbc.sql("SELECT COALESCE(MAX(id), 0) FROM mega_dead_letter").query(Long.class).single();
	}

	List<DeadLetterCount> counts(DeadLetterFilter filter) {
		Criteria criteria = criteria(filter);
		return this.jdbc
			.sql("SELECT pipeline, reason, COUNT(*) FROM mega_dead_letter WHERE " + criteria.sql()
					+ " GROUP BY pipeline, reason ORDER BY pipeline, reason")
			.params(criteria.args())
			.query((row, number) -> new DeadLetterCount(row.getString(1), DeadLetterReason.valueOf(row.getString(2)),
					row.getLong(3)))
			.list();
	}

	Map<String, Long> countByPipeline() {
		return this.jdbc.sql("SELECT pipeline, COUNT(*) FROM mega_dead_letter WHERE namespace = ? GROUP BY pipeline")
			.param(this.namespace)
			.query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	/**
	 * Returns the payload of a dead letter, read piece by piece.
	 * @return the payload, or {@code null} if a part of it is no longer there
	 */
	byte @Nullable [] payload(DeadLetter letter) {
		byte[] payload = new byte[Math.toIntExact(letter.payloadLength())];
		int length = 0;
		for (int chunk = 0; length < payload.length; chunk++) {
			Optional<byte[]> data = this.jdbc
				.sql("SELECT data FROM mega_dead_letter_payload WHERE dead_letter_id = ? AND chunk_no = ?")
				.params(letter.id(), chunk)
				.query((row, number) -> row.getBytes(1))
				.optional();
			if (data.isEmpty() || data.get().length > payload.length - length) {
				return null;
			}
			System.arraycopy(data.get(), 0, payload, length, data.get().length);
			length += data.get().length;
		}
		return letter.hasPayload(payload) ? payload : null;
	}

	/**
	 * Returns some of the dead letters that a filter chooses, the oldest first: few
	 * enough to delete them in one transaction. They are not locked: a range that is
	 * locked includes what follows it, which a batch may be writing.
	 * @param after only ids above this one
	 * @param last only ids up to this one
	 * @return their ids; none if there are no more
	 */
	List<Long> some(DeadLetterFilter filter, long after, long last, int limit) {
		return some(criteria(filter).and("id > ?", after).and("id <= ?", last), "ORDER BY id LIMIT " + limit);
	}

	/**
	 * Returns some of the dead letters that failed last before a time, likewise.
	 */
	List<Long> someExpired(Instant before, int limit) {
		return some(criteria(failedBefore(before)), "ORDER BY last_failed_at LIMIT " + limit);
	}

	private List<Long> some(Criteria criteria, String end) {
		List<Long> ids = new ArrayList<>();
		long[] bytes = new long[1];
		this.jdbc
			.sql("SELECT id, IF(payload_stored, payload_length, 0) FROM mega_dead_letter WHERE " + criteria.sql() + " "
					+ end)
			.params(criteria.args())
			.query((row) -> {
				bytes[0] += row.getLong(2);
				if (ids.isEmpty() || bytes[0] <= MAX_DELETED_BYTES) {
					ids.add(row.getLong(1));
				}
			});
		return ids;
	}

	/**
	 * Locks dead letters.
	 * @return those of them that still exist and are chosen by the filter
	 */
	List<Long> lock(List<Long> ids, DeadLetterFilter filter) {
		if (ids.isEmpty()) {
			return ids;
		}
		Criteria criteria = criteria(filter);
		criteria.args().addAll(0, ids);
		return this.jdbc
			.sql("SELECT id FROM mega_dead_letter FORCE INDEX (PRIMARY) WHERE id IN (" + "?,".repeat(ids.size() - 1)
					+ "?) AND " + criteria.sql() + " ORDER BY id FOR UPDATE")
			.params(criteria.args())
			.query((row, number) -> row.getLong(1))
			.list();
	}

	static DeadLetterFilter failedBefore(Instant before) {
		return new DeadLetterFilter(null, null, null, before, null);
	}

	private List<DeadLetter> list(Criteria criteria, String end) {
		return this.jdbc.sql("SELECT * FROM mega_dead_letter WHERE " + criteria.sql() + " " + end)
			.params(criteria.args())
			.query((row, number) -> map(row))
			.list();
	}

	private DeadLetter map(ResultSet row) throws SQLException {
		byte[] positionKey = row.getBytes("position_key");
		String json = row.getString("headers");
		Map<String, List<String>> headers = (json != null) ? this.json.readValue(json, HEADERS) : new HashMap<>();
		return new DeadLetter(row.getLong("id"), row.getString("pipeline"),
				(positionKey != null) ? new String(positionKey, StandardCharsets.UTF_8) : null,
				row.getString("position"), row.getString("event_id"), row.getString("event_key"),
				LetterMetadata.takeTimestamp(headers, instant(row, "event_timestamp")), headers,
				row.getLong("payload_length"), HexFormat.of().formatHex(row.getBytes("payload_sha256")),
				row.getBoolean("payload_stored"), DeadLetterReason.valueOf(row.getString("reason")),
				row.getString("message"), row.getString("sql_state"), row.getObject("vendor_code", Integer.class),
				row.getInt("attempts"), Utc.toInstant(row.getObject("first_failed_at", LocalDateTime.class)),
				Utc.toInstant(row.getObject("last_failed_at", LocalDateTime.class)));
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		LocalDateTime time = row.getObject(column, LocalDateTime.class);
		return (time != null) ? Utc.toInstant(time) : null;
	}

	private Criteria criteria(DeadLetterFilter filter) {
		Criteria criteria = new Criteria(new StringBuilder(), new ArrayList<>()).and("namespace = ?", this.namespace);
		criteria.and("pipeline = ?", filter.pipeline());
		criteria.and("reason = ?", (filter.reason() != null) ? filter.reason().name() : null);
		criteria.and("last_failed_at >= ?", (filter.since() != null) ? Utc.of(filter.since()) : null);
		criteria.and("last_failed_at < ?", (filter.until() != null) ? Utc.of(filter.until()) : null);
		return criteria.and("event_id = ?", filter.eventId());
	}

	/**
	 * A condition and its values.
	 *
	 * @param text the condition
	 * @param args the values
	 */
	private record Criteria(StringBuilder text, List<Object> args) {

		Criteria and(String condition, @Nullable Object arg) {
			if (arg != null) {
				this.text.append((this.text.length() > 0) ? " AND " : "").append(condition);
				this.args.add(arg);
			}
			return this;
		}

		String sql() {
			return this.text.toString();
		}

	}

}
