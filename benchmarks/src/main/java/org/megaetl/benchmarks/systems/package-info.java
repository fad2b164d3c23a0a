/**
 * The systems under test, each with a main program: MEGA, and what one would write by
 * hand.
 */
@NullMarked
package org.megaetl.benchmarks.systems;

import org.jspecify.annotations.NullMarked;
