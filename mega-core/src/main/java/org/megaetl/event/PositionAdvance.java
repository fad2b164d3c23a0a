package org.megaetl.event;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.sql.SqlStatement;

/**
 * How far a batch moves one part of a source. Made by
 * {@link org.megaetl.checkpoint.Claim#advance(String, String)}.
 *
 * @param key the part, see {@link SourcePosition#key()}
 * @param from the stored position the reader started from; if the database has another
 * one by now, somebody else has taken over that part
 * @param to the position to store with the batch's rows
 * @param epoch the claim the reader has on the part; if it was claimed again by now, the
 * same
 * @param statements the adapter's own, executed in the transaction that makes the move,
 * after the batch's events, so that they are not made if a statement of the transformer
 * commits that transaction too early; where the batch is split, in the first one. If the
 * database refuses them, no event is to blame: the batch is tried again until they are
 * accepted
 * @param deadLetters dead letters to delete in that transaction, with the statements. If
 * one is not there any more, its event may have been replayed, which whoever made the
 * statements did not know: the move is not made, as if somebody else had taken over
 */
public record PositionAdvance(String key, String from, String to, long epoch, List<SqlStatement> statements,
		List<Long> deadLetters) {

	public PositionAdvance {
		statements = List.copyOf(statements);
		deadLetters = List.copyOf(deadLetters);
	}

	/**
	 * Creates a move that deletes no dead letters.
	 * @param key the part
	 * @param from the stored position the reader started from
	 * @param to the position to store
	 * @param epoch the claim the reader has on the part
	 * @param statements the adapter's own
	 */
	public PositionAdvance(String key, String from, String to, long epoch, List<SqlStatement> statements) {
		this(key, from, to, epoch, statements, List.of());
	}

	/**
	 * Creates a move that nothing is written with.
	 * @param key the part
	 * @param from the stored position the reader started from
	 * @param to the position to store
	 * @param epoch the claim the reader has on the part
	 */
	public PositionAdvance(String key, String from, String to, long epoch) {
		this(key, from, to, epoch, List.of());
	}

	/**
	 * Returns this move with dead letters to delete: those of events that the source has
	 * taken back.
	 * @param deadLetters the dead letters, as they were when the statements were made
	 * @return the move
	 */
	public PositionAdvance deletingDeadLetters(List<Long> deadLetters) {
		return new PositionAdvance(this.key, this.from, this.to, this.epoch, this.statements, deadLetters);
	}

	/**
	 * Returns the first part of this move.
	 * @param middle where it ends
	 * @return the move from where this one starts, with its statements and dead letters
	 */
	public PositionAdvance upTo(String middle) {
		return new PositionAdvance(this.key, this.from, middle, this.epoch, this.statements, this.deadLetters);
	}

	/**
	 * Returns the rest of this move.
	 * @param middle where it starts
	 * @return the move to where this one ends, without statements and dead letters
	 */
	public PositionAdvance after(String middle) {
		return new PositionAdvance(this.key, middle, this.to, this.epoch);
	}

	/**
	 * Returns this move and the one after it as one, with the statements and dead letters
	 * of both.
	 * @param next a move of the same part by the same claim
	 * @return the move from where this one starts to where the next one ends
	 * @throws IllegalArgumentException if the next one does not start where this one ends
	 */
	public PositionAdvance and(PositionAdvance next) {
		if (!next.key.equals(this.key) || !next.from.equals(this.to) || next.epoch != this.epoch) {
			throw new IllegalArgumentException(next + " does not go on from " + this);
		}
		List<SqlStatement> all = new ArrayList<>(this.statements);
		all.addAll(next.statements);
		List<Long> allDeadLetters = new ArrayList<>(this.deadLetters);
		allDeadLetters.addAll(next.deadLetters);
		return new PositionAdvance(this.key, this.from, next.to, this.epoch, all, allDeadLetters);
	}

}
