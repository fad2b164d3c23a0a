package org.megaetl.checkpoint;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import javax.sql.DataSource;

import org.megaetl.event.PipelineId;
import org.megaetl.event.PositionAdvance;
import org.megaetl.sink.Utc;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores how far each part of a source was read, in the transaction of the calling thread
 * if there is one.
 */
public final class CheckpointStore {

	private final JdbcClient jdbc;

	private final Clock clock;

	/**
	 * Creates a store.
	 * @param dataSource the sink's data source
	 * @param clock gives the time of the change
	 */
	public CheckpointStore(DataSource dataSource, Clock clock) {
		this.jdbc = JdbcClient.create(dataSource);
		this.clock = clock;
	}

	/**
	 * Takes over one part of a source: what a reader does when it is assigned to it. From
	 * then on nobody moves it under an earlier claim. Waits for a transaction that is
	 * moving it. Call it in a transaction.
	 * @param pipeline the pipeline
	 * @param key the part
	 * @param initial the position to start from if none is stored; this is stored then
	 * @return the claim, with the stored position
	 */
	public Claim claim(PipelineId pipeline, String key, String initial) {
		this.jdbc.sql("""
				INSERT INTO mega_checkpoint (namespace, pipeline, position_key, position, epoch, updated_at)
				VALUES (?, ?, ?, ?, 1, ?) ON DUPLICATE KEY UPDATE epoch=epoch+1""")
			.params(pipeline.namespace(), pipeline.pipeline(), key, initial, now())
			.update();
		return this.jdbc.sql(
				"SELECT position, epoch FROM mega_checkpoint WHERE namespace = ? AND pipeline = ? AND position_key = ?")
			.params(pipeline.namespace(), pipeline.pipeline(), key)
			.query((row, number) -> new Claim(key, row.getString(1), row.getLong(2)))
			.single();
	}

	/**
	 * Moves positions on, each only if it still is where the reader started from and
	 * nobody has claimed it since.
	 * @param pipeline the pipeline
	 * @param advances the moves
	 * @param token identifies the transaction
	 * @return the keys that somebody else has claimed or moved meanwhile; if there are
	 * any, the transaction must be rolled back
	 */
	public List<String> advance(PipelineId pipeline, List<PositionAdvance> advances, BatchToken token) {
		List<String> lost = new ArrayList<>();
		for (PositionAdvance advance : sorted(advances)) {
			int found = this.jdbc.sql("""
					UPDATE mega_checkpoint SET position = ?, token = ?, updated_at = ?
					WHERE namespace = ? AND pipeline = ? AND position_key = ? AND position = ? AND epoch = ?""")
				.params(advance.to(), token.toBytes(), now(), pipeline.namespace(), pipeline.pipeline(), advance.key(),
						advance.from(), advance.epoch())
				.update();
			if (found == 0) {
				lost.add(advance.key());
			}
		}
		return lost;
	}

	/**
	 * Takes back moves that were committed without all that was to be written with them.
	 * Who has claimed a part since cannot move it on from there.
	 * @param pipeline the pipeline
	 * @param advances the moves
	 * @param token identifies the transaction; a part that was moved since stays where it
	 * is
	 */
	public void takeBack(PipelineId pipeline, List<PositionAdvance> advances, BatchToken token) {
		for (PositionAdvance advance : sorted(advances)) {
			this.jdbc.sql("""
					UPDATE mega_checkpoint SET position = ?, token = NULL, updated_at = ?
					WHERE namespace = ? AND pipeline = ? AND position_key = ? AND token = ?""")
				.params(advance.from(), now(), pipeline.namespace(), pipeline.pipeline(), advance.key(),
						token.toBytes())
				.update();
		}
	}

	/**
	 * Returns moves in the order that all writers make theirs in, so that two of them
	 * never wait for each other crosswise.
	 */
	private static List<PositionAdvance> sorted(List<PositionAdvance> advances) {
		List<PositionAdvance> sorted = new ArrayList<>(advances);
		sorted.sort(Comparator.comparing(PositionAdvance::key));
		return sorted;
	}

	/**
	 * Returns the positions of a pipeline.
	 * @param pipeline the pipeline
	 * @return its positions, sorted by key; without the marks of its writers
	 */
	public List<StoredPosition> list(PipelineId pipeline) {
		return this.jdbc.sql("""
				SELECT position_key, position, updated_at FROM mega_checkpoint
				WHERE namespace = ? AND pipeline = ? AND position <> '' ORDER BY position_key""")
			.params(pipeline.namespace(), pipeline.pipeline())
			.query((row, number) -> new StoredPosition(new String(row.getBytes(1), StandardCharsets.UTF_8),
					row.getString(2), Utc.toInstant(row.getObject(3, LocalDateTime.class))))
			.list();
	}

	/**
	 * Sets a position that is stored, whoever reads there. That reader cannot move it any
	 * more.
	 * @param pipeline the pipeline
	 * @param key the part
	 * @param position the new position
	 * @return whether the part has a position
	 */
	public boolean reset(PipelineId pipeline, String key, String position) {
		return this.jdbc.sql("""
				UPDATE mega_checkpoint SET position = ?, token = NULL, updated_at = ?
				WHERE namespace = ? AND pipeline = ? AND position_key = ? AND position <> ''""")
			.params(position, now(), pipeline.namespace(), pipeline.pipeline(), key)
			.update() > 0;
	}

	/**
	 * Deletes all positions of a pipeline, and the marks of its writers.
	 * @param pipeline the pipeline
	 */
	public void delete(PipelineId pipeline) {
		this.jdbc.sql("DELETE FROM mega_checkpoint WHERE namespace = ? AND pipeline = ?")
			.params(pipeline.namespace(), pipeline.pipeline())
			.update();
	}

	/**
	 * Deletes the marks that writers have left which are gone, as they were made for one
	 * run of an application.
	 * @param namespace the application
	 * @param before the time of the oldest mark kept
	 * @param limit the most marks to delete
	 * @return how many were deleted
	 */
	public int purgeMarks(String namespace, Instant before, int limit) {
		LocalDateTime oldest = Utc.of(before);
		// looked for without locks, as the rows between are written by every batch
		return this.jdbc
			.sql("SELECT pipeline, position_key FROM mega_checkpoint WHERE namespace = ? AND updated_at < ? "
					+ "AND position = '' AND (position_key LIKE 'push/%' OR position_key LIKE 'pull/%' "
					+ "OR position_key LIKE 'replay/%') LIMIT " + limit)
			.params(namespace, oldest)
			.query((row, number) -> List.of(row.getString(1), row.getBytes(2)))
			.stream()
			.mapToInt((mark) -> this.jdbc.sql("""
					DELETE FROM mega_checkpoint
					WHERE namespace = ? AND pipeline = ? AND position_key = ? AND updated_at < ?""")
				.params(namespace, mark.get(0), mark.get(1), oldest)
				.update())
			.sum();
	}

	/**
	 * Leaves a batch's token for a source that has no position.
	 * @param pipeline the pipeline
	 * @param key names the writer, which writes one batch at a time
	 * @param token identifies the transaction
	 */
	public void mark(PipelineId pipeline, String key, BatchToken token) {
		this.jdbc.sql("""
				INSERT INTO mega_checkpoint (namespace, pipeline, position_key, position, token, updated_at)
				VALUES (?, ?, ?, '', ?, ?)
				ON DUPLICATE KEY UPDATE token=VALUES(token), updated_at=VALUES(updated_at)""")
			.params(pipeline.namespace(), pipeline.pipeline(), key, token.toBytes(), now())
			.update();
	}

	/**
	 * Returns whether a token is stored, which means that its transaction was committed.
	 * Waits for a transaction that still holds the row, so that the answer is final. Call
	 * it in a transaction.
	 * @param pipeline the pipeline
	 * @param keys the keys the transaction moved or marked
	 * @param token identifies the transaction
	 * @return whether the transaction was committed
	 */
	public boolean isCommitted(PipelineId pipeline, Collection<String> keys, BatchToken token) {
		// another reader may have moved some of the keys on since
		return keys.stream()
			.sorted()
			.anyMatch((key) -> this.jdbc.sql("""
					SELECT COALESCE(token, '') FROM mega_checkpoint
					WHERE namespace = ? AND pipeline = ? AND position_key = ? FOR UPDATE""")
				.params(pipeline.namespace(), pipeline.pipeline(), key)
				.query((row, number) -> row.getBytes(1))
				.optional()
				.filter((stored) -> Arrays.equals(stored, token.toBytes()))
				.isPresent());
	}

	/**
	 * Returns whether a part still is where a transaction was to move it from, so that it
	 * was not committed, nor has another reader gone on from where it led. That of one
	 * part suffices, as a transaction moves all of them. Call it in a transaction.
	 * @param pipeline the pipeline
	 * @param advances the moves of a transaction that has ended
	 * @return whether it certainly was not committed; always for one without moves
	 */
	public boolean isUnmoved(PipelineId pipeline, List<PositionAdvance> advances) {
		return advances.isEmpty() || sorted(advances).stream()
			.anyMatch((advance) -> this.jdbc.sql("""
					SELECT position, epoch FROM mega_checkpoint
					WHERE namespace = ? AND pipeline = ? AND position_key = ? FOR UPDATE""")
				.params(pipeline.namespace(), pipeline.pipeline(), advance.key())
				.query((row, number) -> isUnmoved(advance, row.getString(1), row.getLong(2)))
				.optional()
				.orElse(false));
	}

	/**
	 * A move that leads back to where it starts leaves no trace but the token, which
	 * another reader may have replaced.
	 */
	private static boolean isUnmoved(PositionAdvance advance, String position, long epoch) {
		return position.equals(advance.from()) && (epoch == advance.epoch() || !advance.to().equals(advance.from()));
	}

	private LocalDateTime now() {
		return Utc.of(this.clock.instant());
	}

}
