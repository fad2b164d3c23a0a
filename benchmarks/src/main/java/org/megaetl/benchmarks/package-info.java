/**
 * Measures MEGA and the alternatives, each as a process of its own, from outside.
 */
@NullMarked
package org.megaetl.benchmarks;

import org.jspecify.annotations.NullMarked;
