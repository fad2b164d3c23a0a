package org.megaetl.transformers.wasm;

import java.util.Map;

/**
 * What a module may use.
 *
 * @param memory most bytes of memory of one instance
 * @param maxOutput most bytes that are returned for one event
 * @param interpreted whether the module is interpreted, which is slower and safer, and
 * not compiled to Java's bytecode
 * @param config what the module finds in its environment
 */
public record WasmSettings(long memory, int maxOutput, boolean interpreted, Map<String, String> config) {

}
