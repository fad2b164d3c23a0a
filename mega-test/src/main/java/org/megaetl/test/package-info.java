/**
 * What a connector is tested with: the contract of its adapter, and applications that can
 * be killed.
 * <p>
 * API: all of this package.
 */
@NullMarked
package org.megaetl.test;

import org.jspecify.annotations.NullMarked;
