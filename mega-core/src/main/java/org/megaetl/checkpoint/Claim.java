package org.megaetl.checkpoint;

import org.megaetl.event.PositionAdvance;

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
		return new PositionAdvance(this.key, from, to, this.epoch);
	}

}
