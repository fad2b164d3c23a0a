/**
 * Auto-configuration of the engine.
 * <p>
 * API: {@link MegaAutoConfiguration}, for auto-configurations that come after it; the
 * rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.autoconfigure;

import org.jspecify.annotations.NullMarked;
