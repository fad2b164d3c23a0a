package org.megaetl.checkpoint;

import java.util.List;

import org.megaetl.event.PositionAdvance;
import org.megaetl.sql.SqlStatement;

/**
 * One part of a source as it was handed to a reader. Only the latest claim of a part can
 * move its position.
 *
 * @param key the part, see {@link org.megaetl.event.SourcePosition#key()}
 * @param position where to read on from
 * @param epoch how often the part has been claimed
 */
public record Claim(String key, String position, long epoch) {

	/**
	 * Returns a move of the part under this claim.
	 * @param from the position read from: the claim's own, or where the move before this
	 * one went
	 * @param to the position to read on from when the batch is committed
	 * @return the move
	 */
	public PositionAdvance advance(String from, String to) {
		return advance(from, to, List.of());
	}

	/**
	 * Returns a move of the part under this claim, which may also go back, with
	 * statements of the adapter's own: what it keeps about its source, or what undoes
	 * events that the source has taken back.
	 * @param from the position read from: the claim's own, or where the move before this
	 * one went
	 * @param to the position to read on from when the batch is committed
	 * @param statements executed in the transaction that makes the move, if it is made
	 * @return the move
	 */
	public PositionAdvance advance(String from, String to, List<SqlStatement> statements) {
		return new PositionAdvance(this.key, from, to, this.epoch, statements);
	}

}
