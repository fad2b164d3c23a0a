/**
 * Actuator endpoints and health of the engine.
 */
@NullMarked
package org.megaetl.actuate;

import org.jspecify.annotations.NullMarked;
