package org.megaetl.transformers.wasm;

import run.endive.runtime.Memory;

/**
 * Reads and writes a guest's memory where the guest says, which may be anywhere.
 */
final class GuestMemory {

	private GuestMemory() {
	}

	/**
	 * Checks a place.
	 * @param pointer its address, as 32 bits without sign
	 * @param length its length, as 32 bits without sign
	 * @throws IllegalArgumentException if it is not wholly in the memory
	 */
	static void check(Memory memory, long pointer, long length) {
		long from = pointer & 0xFFFF_FFFFL;
		long size = length & 0xFFFF_FFFFL;
		long end = memory.pages() * (long) Memory.PAGE_SIZE;
		if (from + size > end) {
			throw new IllegalArgumentException("The module names the place " + from + " of " + size
					+ " bytes, which is not in its memory of " + end + " bytes");
		}
	}

	static void write(Memory memory, long pointer, byte[] bytes) {
		check(memory, pointer, bytes.length);
		memory.write((int) pointer, bytes, 0, bytes.length);
	}

	static byte[] read(Memory memory, long pointer, long length) {
		check(memory, pointer, length);
		return memory.readBytes((int) pointer, (int) length);
	}

	static void writeInt(Memory memory, long pointer, int value) {
		check(memory, pointer, Integer.BYTES);
		memory.writeI32((int) pointer, value);
	}

	static int readInt(Memory memory, long pointer) {
		check(memory, pointer, Integer.BYTES);
		return memory.readInt((int) pointer);
	}

}
