/**
 * Whether the measurements still work.
 */
@NullMarked
package org.megaetl.benchmarks;

import org.jspecify.annotations.NullMarked;
