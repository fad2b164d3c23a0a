package org.megaetl.event;

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
 * before the batch's events; where the batch is split, in the first one. If the database
 * refuses them, no event is to blame: the batch is tried again until they are accepted
 */
public record PositionAdvance(String key, String from, String to, long epoch, List<SqlStatement> statements) {

	public PositionAdvance {
		statements = List.copyOf(statements);
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
	 * Returns the first part of this move.
	 * @param middle where it ends
	 * @return the move from where this one starts, with its statements
	 */
	public PositionAdvance upTo(String middle) {
		return new PositionAdvance(this.key, this.from, middle, this.epoch, this.statements);
	}

	/**
	 * Returns the rest of this move.
	 * @param middle where it starts
	 * @return the move to where this one ends, without statements
	 */
	public PositionAdvance after(String middle) {
		return new PositionAdvance(this.key, middle, this.to, this.epoch);
	}

}
