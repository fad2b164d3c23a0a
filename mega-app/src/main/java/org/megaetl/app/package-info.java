/**
 * The runnable application.
 * <p>
 * API: {@link MegaApplication}, to be started; the rest is internal to MEGA and may
 * change without notice.
 */
@NullMarked
package org.megaetl.app;

import org.jspecify.annotations.NullMarked;
