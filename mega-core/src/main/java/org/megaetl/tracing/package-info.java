/**
 * Traces of batches.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.tracing;

import org.jspecify.annotations.NullMarked;
