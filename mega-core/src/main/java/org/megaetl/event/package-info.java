/**
 * What flows: events, their headers and positions, and the batches they travel in.
 */
@NullMarked
package org.megaetl.event;

import org.jspecify.annotations.NullMarked;
