/**
 * The ids of events already taken, so that one delivered again is recognised.
 */
@NullMarked
package org.megaetl.inbox;

import org.jspecify.annotations.NullMarked;
