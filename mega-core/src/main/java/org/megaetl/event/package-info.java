/**
 * What flows: events, their headers and positions, and the batches they travel in.
 * <p>
 * API: all of this package.
 */
@NullMarked
package org.megaetl.event;

import org.jspecify.annotations.NullMarked;
