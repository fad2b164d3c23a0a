package org.megaetl.transformers.guest;

import java.util.function.Function;

import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/**
 * Gives WebAssembly no more memory than allowed.
 */
public final class CappedMemory {

	private CappedMemory() {
	}

	/**
	 * Returns what creates memories.
	 * @param bytes most bytes of one memory
	 * @return a factory, which refuses a memory that is larger from the start
	 */
	public static Function<MemoryLimits, Memory> of(long bytes) {
		int most = (int) Math.min(Memory.RUNTIME_MAX_PAGES, bytes / Memory.PAGE_SIZE);
		return (limits) -> {
			if (limits.initialPages() > most) {
				throw new IllegalArgumentException("It needs " + limits.initialPages() * (long) Memory.PAGE_SIZE
						+ " bytes of memory from the start, more than the " + bytes + " it may have");
			}
			return new ByteArrayMemory(new MemoryLimits(limits.initialPages(), Math.min(most, limits.maximumPages())));
		};
	}

}
