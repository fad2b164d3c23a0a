/**
 * The engine alone, without input and output.
 */
@NullMarked
package org.megaetl.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
