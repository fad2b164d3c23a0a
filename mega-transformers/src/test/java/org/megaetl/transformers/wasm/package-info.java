/**
 * Tests of transformers in WebAssembly.
 */
@NullMarked
package org.megaetl.transformers.wasm;

import org.jspecify.annotations.NullMarked;
