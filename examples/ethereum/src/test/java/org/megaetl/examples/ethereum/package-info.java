/**
 * Tests of the example.
 */
@NullMarked
package org.megaetl.examples.ethereum;

import org.jspecify.annotations.NullMarked;
