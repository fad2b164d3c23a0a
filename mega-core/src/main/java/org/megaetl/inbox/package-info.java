/**
 * The ids of events already taken, so that one delivered again is recognised.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.inbox;

import org.jspecify.annotations.NullMarked;
