/**
 * What flows: events, their headers and positions, and the batches they travel in.
 * <p>
 * API: all of this package but {@link Sha256}, which is internal to MEGA.
 */
@NullMarked
package org.megaetl.event;

import org.jspecify.annotations.NullMarked;
