/**
 * Events that could not be written, kept with everything needed to look into them and to
 * try again.
 */
@NullMarked
package org.megaetl.deadletter;

import org.jspecify.annotations.NullMarked;
