package org.megaetl.checkpoint;

import java.time.Instant;

/**
 * How far one part of a source was read.
 *
 * @param key the part
 * @param position where it is read on from
 * @param updatedAt when that was stored
 */
public record StoredPosition(String key, String position, Instant updatedAt) {

}
