/**
 * Transformers without Java.
 */
@NullMarked
package org.megaetl.examples.wasm;

import org.jspecify.annotations.NullMarked;
