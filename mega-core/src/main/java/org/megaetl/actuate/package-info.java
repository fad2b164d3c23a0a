/**
 * Actuator endpoints and health of the engine.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.actuate;

import org.jspecify.annotations.NullMarked;
