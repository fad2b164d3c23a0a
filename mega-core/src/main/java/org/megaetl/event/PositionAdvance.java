package org.megaetl.event;

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
 */
public record PositionAdvance(String key, String from, String to, long epoch) {

}
