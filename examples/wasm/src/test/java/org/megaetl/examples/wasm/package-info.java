/**
 * Tests of the example's transformers.
 */
@NullMarked
package org.megaetl.examples.wasm;

import org.jspecify.annotations.NullMarked;
