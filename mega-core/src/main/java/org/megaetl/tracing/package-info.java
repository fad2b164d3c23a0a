/**
 * Traces of batches.
 */
@NullMarked
package org.megaetl.tracing;

import org.jspecify.annotations.NullMarked;
