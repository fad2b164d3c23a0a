package org.megaetl.deadletter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.checkpoint.Sha256;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.event.SourcePosition;
import org.megaetl.sink.Utc;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.util.Assert;

/**
 * Inserts dead letters, many with one statement. Of the ids the database then tells the
 * first at most, and whether the others follow without gaps depends on the database, its
 * settings and the driver: they are read back by a token that only these rows have.
 */
final class DeadLetterInsert {

	static final int MAX_MESSAGE_LENGTH = 2000;

	static final int MAX_SQL_STATE_LENGTH = 5;

	private static final int CHUNK_SIZE = 1 << 18;

	private static final int MAX_ROWS = 100;

	/**
	 * Size of the values after which a statement is sent: no more than one chunk of a
	 * payload has, which must fit in any {@code max_allowed_packet} anyway.
	 */
	private static final int MAX_STATEMENT_SIZE = CHUNK_SIZE;

	private static final List<String> COLUMNS = List.of("namespace", "pipeline", "position_key", "position", "event_id",
			"event_key", "event_timestamp", "headers", "payload_length", "payload_sha256", "payload_stored", "reason",
			"message", "sql_state", "vendor_code", "attempts", "first_failed_at", "last_failed_at", "token");

	private final JdbcTemplate jdbc;

	private final Clock clock;

	private final long maxPayload;

	DeadLetterInsert(DataSource dataSource, Clock clock, long maxPayload) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.clock = clock;
		this.maxPayload = maxPayload;
	}

	List<Long> insert(PipelineId pipeline, List<RefusedEvent> events) {
		List<Long> ids = new ArrayList<>(events.size());
		Statements letters = new Statements((rows) -> ids.addAll(insertLetters(rows)));
		events.forEach((event) -> letters.add(letter(pipeline, event)));
		letters.send();
		Statements chunks = new Statements(this::insertChunks);
		for (int i = 0; i < events.size(); i++) {
			byte[] payload = events.get(i).event().payload();
			for (int from = 0; from < payload.length && isStored(payload); from += CHUNK_SIZE) {
				chunks.add(Values.of(ids.get(i), from / CHUNK_SIZE,
						Arrays.copyOfRange(payload, from, Math.min(payload.length, from + CHUNK_SIZE))));
			}
		}
		chunks.send();
		return ids;
	}

	private void insertChunks(List<Values> rows) {
		this.jdbc.update(
				"INSERT INTO mega_dead_letter_payload (dead_letter_id, chunk_no, data) VALUES " + placeholders(rows),
				(statement) -> bind(statement, rows));
	}

	private Values letter(PipelineId pipeline, RefusedEvent refused) {
		Event event = refused.event();
		DeadLetterFailure failure = refused.failure();
		SourcePosition position = event.position();
		LetterMetadata metadata = LetterMetadata.of(event);
		LocalDateTime now = Utc.of(this.clock.instant());
		return Values.of(pipeline.namespace(), pipeline.pipeline(), (position != null) ? position.key() : null,
				(position != null) ? position.value() : null, metadata.id(), metadata.key(),
				storable(event.timestamp()), metadata.headers(), event.payload().length, Sha256.of(event.payload()),
				isStored(event.payload()), failure.reason().name(), limit(failure.message(), MAX_MESSAGE_LENGTH),
				limit(failure.sqlState(), MAX_SQL_STATE_LENGTH), failure.vendorCode(), 1, now, now, null);
	}

	private boolean isStored(byte[] payload) {
		return payload.length <= this.maxPayload;
	}

	private List<Long> insertLetters(List<Values> rows) {
		byte[] token = BatchToken.random().toBytes();
		rows.forEach((row) -> row.values[COLUMNS.size() - 1] = token);
		GeneratedKeyHolder keys = new GeneratedKeyHolder();
		this.jdbc.update((connection) -> {
			PreparedStatement statement = connection.prepareStatement(
					"INSERT INTO mega_dead_letter (" + String.join(", ", COLUMNS) + ") VALUES " + placeholders(rows),
					new String[] { "id" });
			bind(statement, rows);
			return statement;
		}, keys);
		Number first = (Number) keys.getKeyList().get(0).values().iterator().next();
		if (rows.size() == 1) {
			return List.of(first.longValue());
		}
		List<Long> ids = this.jdbc.query("SELECT id FROM mega_dead_letter WHERE id >= ? AND token = ? ORDER BY id",
				(row, number) -> row.getLong(1), first.longValue(), token);
		Assert.state(ids.size() == rows.size(),
				() -> "Of " + rows.size() + " dead letters that were inserted, " + ids.size() + " are found again");
		return ids;
	}

	private static String placeholders(List<Values> rows) {
		String row = "(" + "?,".repeat(rows.get(0).values.length - 1) + "?)";
		return row + ("," + row).repeat(rows.size() - 1);
	}

	private static void bind(PreparedStatement statement, List<Values> rows) throws SQLException {
		int index = 1;
		for (Values row : rows) {
			for (Object value : row.values) {
				statement.setObject(index++, value);
			}
		}
	}

	/**
	 * A source may claim any time; one that the column cannot hold must not hold up the
	 * letter. It is among the headers then.
	 */
	private static @Nullable LocalDateTime storable(@Nullable Instant timestamp) {
		return (timestamp != null && LetterMetadata.isStorable(timestamp)) ? Utc.of(timestamp) : null;
	}

	static @Nullable String limit(@Nullable String text, int length) {
		if (text == null || text.codePointCount(0, text.length()) <= length) {
			return text;
		}
		return text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
	}

	/**
	 * Gathers rows until they are enough for a statement.
	 */
	private static final class Statements {

		private final Consumer<List<Values>> insert;

		private final List<Values> rows = new ArrayList<>();

		private long size;

		private Statements(Consumer<List<Values>> insert) {
			this.insert = insert;
		}

		void add(Values row) {
			if (this.rows.size() == MAX_ROWS || this.size + row.size() > MAX_STATEMENT_SIZE) {
				send();
			}
			this.rows.add(row);
			this.size += row.size();
		}

		void send() {
			if (!this.rows.isEmpty()) {
				this.insert.accept(this.rows);
				this.rows.clear();
				this.size = 0;
			}
		}

	}

	/**
	 * The values of one row.
	 *
	 * @param values as they are bound
	 */
	private record Values(@Nullable Object[] values) {

		static Values of(@Nullable Object... values) {
			return new Values(values);
		}

		long size() {
			return Arrays.stream(this.values).mapToLong(Values::size).sum();
		}

		private static long size(@Nullable Object value) {
			if (value instanceof byte[] bytes) {
				return bytes.length;
			}
			return (value instanceof String text) ? 3L * text.length() : 8;
		}

	}

}
