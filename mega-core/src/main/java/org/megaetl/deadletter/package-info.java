/**
 * Events that could not be written, kept with everything needed to look into them and to
 * try again.
 * <p>
 * API: {@link DeadLetterService}, {@link DeadLetter}, {@link DeadLetterFilter},
 * {@link DeadLetterCount}, {@link ReplayResult}, {@link ReplayReport} and
 * {@link DeadLetterRelays}; the rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.deadletter;

import org.jspecify.annotations.NullMarked;
