/**
 * How far each source was read, stored in the transaction that writes what was read.
 */
@NullMarked
package org.megaetl.checkpoint;

import org.jspecify.annotations.NullMarked;
