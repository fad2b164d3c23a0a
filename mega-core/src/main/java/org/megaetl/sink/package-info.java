/**
 * Writes the statements of a batch through JDBC, in as few round trips as their order
 * allows.
 */
@NullMarked
package org.megaetl.sink;

import org.jspecify.annotations.NullMarked;
