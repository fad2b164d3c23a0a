package org.megaetl.connector.ethereum;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Retraction;
import tools.jackson.databind.json.JsonMapper;

/**
 * What takes the rows of a block back: the transformer's retraction of each event, or the
 * hash of the block that its rows have.
 */
final class Undo {

	private static final JsonMapper json = JsonMapper.shared();

	private final @Nullable Retraction retraction;

	private final List<String> tables;

	private final String hashColumn;

	private final @Nullable String orphanedColumn;

	Undo(@Nullable Retraction retraction, List<String> tables, String hashColumn, @Nullable String orphanedColumn) {
		this.retraction = retraction;
		this.tables = tables;
		this.hashColumn = hashColumn;
		this.orphanedColumn = orphanedColumn;
	}

	boolean isPossible() {
		return this.retraction != null || !this.tables.isEmpty();
	}

	/**
	 * Returns what must be kept of a block's events to undo it.
	 * @return the events, or {@code null} if its hash is enough
	 */
	byte @Nullable [] keep(List<Event> events) {
		if (this.retraction == null || events.isEmpty()) {
			return null;
		}
		List<Kept> kept = events.stream().map(Kept::of).toList();
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream compressed = new GZIPOutputStream(bytes)) {
			compressed.write(json.writeValueAsBytes(kept));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Returns the statements that undo blocks.
	 * @param orphaned the blocks, the latest first
	 * @param letters their dead letters: events that were not written, and so need not be
	 * retracted
	 * @param store where their events are
	 * @param factory makes them events again
	 * @throws RetractionException if the transformer cannot undo an event
	 */
	List<SqlStatement> statements(List<WindowBlock> orphaned, List<DeadLetter> letters, ChainStore store,
			EventFactory factory) {
		Map<String, List<DeadLetter>> unwritten = letters.stream()
			.collect(Collectors.groupingBy((letter) -> Objects.requireNonNull(letter.position())));
		List<SqlStatement> statements = new ArrayList<>();
		for (WindowBlock block : orphaned) {
			if (this.retraction != null) {
				Retraction transformer = this.retraction;
				store.eventsOf(block)
					.ifPresent((kept) -> statements.addAll(retract(block, kept, unwritten, transformer, factory)));
			}
			for (String table : this.tables) {
				statements.add(SqlStatement.of(sql(table), block.hash()));
			}
		}
		return statements;
	}

	private String sql(String table) {
		String where = " WHERE " + quoted(this.hashColumn) + " = ?";
		return (this.orphanedColumn != null)
				? "UPDATE " + quoted(table) + " SET " + quoted(this.orphanedColumn) + " = TRUE" + where
				: "DELETE FROM " + quoted(table) + where;
	}

	/**
	 * Returns what the database refuses if a table or a column is missing.
	 */
	String check(String table) {
		return "SELECT " + quoted(this.hashColumn)
				+ ((this.orphanedColumn != null) ? ", " + quoted(this.orphanedColumn) : "") + " FROM " + quoted(table)
				+ " LIMIT 0";
	}

	private static String quoted(String name) {
		return "`" + name.replace(".", "`.`") + "`";
	}

	private static List<SqlStatement> retract(WindowBlock block, byte[] kept, Map<String, List<DeadLetter>> unwritten,
			Retraction retraction, EventFactory factory) {
		Kept[] events;
		try (GZIPInputStream compressed = new GZIPInputStream(new ByteArrayInputStream(kept))) {
			events = json.readValue(compressed, Kept[].class);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<SqlStatement> statements = new ArrayList<>();
		// the latest first
		for (int i = events.length - 1; i >= 0; i--) {
			Event event = factory.event(block, events[i].index(), events[i].key(), events[i].payload());
			if (isAmong(unwritten, event)) {
				continue;
			}
			try {
				statements.addAll(retraction.retract(event));
			}
			catch (Exception ex) {
				throw new RetractionException("The transformer could not retract the event " + event.position()
						+ " of block " + block.hash() + ", which is no longer part of the chain: " + ex, ex);
			}
		}
		return statements;
	}

	private static boolean isAmong(Map<String, List<DeadLetter>> letters, Event event) {
		return letters.getOrDefault(Objects.requireNonNull(event.position()).value(), List.of())
			.stream()
			.anyMatch((letter) -> letter.hasPayload(event.payload()));
	}

	/**
	 * What is kept of an event.
	 */
	private record Kept(int index, @Nullable String key, byte[] payload) {

		static Kept of(Event event) {
			String place = Objects.requireNonNull(event.position()).value();
			return new Kept(Integer.parseInt(place.substring(place.indexOf('/') + 1)), event.key(), event.payload());
		}

	}

	/**
	 * The transformer cannot undo an event: only a person can help.
	 */
	static final class RetractionException extends RuntimeException {

		RetractionException(String message, Throwable cause) {
			super(message, cause);
		}

	}

}
