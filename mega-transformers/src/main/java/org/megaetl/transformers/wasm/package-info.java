/**
 * Transformers in WebAssembly.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.wasm;

import org.jspecify.annotations.NullMarked;
