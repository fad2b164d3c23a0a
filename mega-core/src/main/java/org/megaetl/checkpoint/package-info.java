/**
 * How far each source was read, stored in the transaction that writes what was read.
 * <p>
 * API: {@link Claim}, {@link BatchToken} and {@link StoredPosition}, for connectors; the
 * rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.checkpoint;

import org.jspecify.annotations.NullMarked;
