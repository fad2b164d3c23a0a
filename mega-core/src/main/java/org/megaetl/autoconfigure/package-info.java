/**
 * Auto-configuration of the engine.
 */
@NullMarked
package org.megaetl.autoconfigure;

import org.jspecify.annotations.NullMarked;
