/**
 * The SPI a user implements: the transformer, and the registry that finds it by name.
 * <p>
 * API: all of this package.
 */
@NullMarked
package org.megaetl.transform;

import org.jspecify.annotations.NullMarked;
