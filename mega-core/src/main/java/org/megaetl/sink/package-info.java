/**
 * Writes the statements of a batch through JDBC, in as few round trips as their order
 * allows.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.sink;

import org.jspecify.annotations.NullMarked;
