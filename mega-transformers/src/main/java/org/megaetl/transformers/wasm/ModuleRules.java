package org.megaetl.transformers.wasm;

import java.util.Set;
import java.util.TreeSet;

import run.endive.wasm.WasmModule;
import run.endive.wasm.types.CompType;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.SubType;

/**
 * What a module must have, and what it must not have: anything that would use the heap of
 * the Java virtual machine beyond the module's own memory, which is limited.
 */
final class ModuleRules {

	private static final long MOST_TABLE_ENTRIES = 65_536;

	private static final Set<String> FUNCTIONS = Set.of("mega_abi_version", "mega_alloc", "mega_transform");

	private ModuleRules() {
	}

	/**
	 * Checks a module.
	 * @throws IllegalArgumentException if it cannot be used
	 */
	static void check(WasmModule module) {
		Set<String> missing = new TreeSet<>(FUNCTIONS);
		missing.removeIf((name) -> hasFunction(module, name));
		if (!missing.isEmpty() || !exports(module, ExternalType.MEMORY, "memory")) {
			throw new IllegalArgumentException("It does not export "
					+ (missing.isEmpty() ? "its memory as 'memory'" : "the functions " + String.join(", ", missing)));
		}
		if (module.memorySection().map((section) -> section.memoryCount()).orElse(0) > 1) {
			throw new IllegalArgumentException("It has more than one memory");
		}
		checkTables(module);
		if (module.tagSection().map((section) -> section.tagCount()).orElse(0) > 0) {
			throw new IllegalArgumentException("It uses WebAssembly's exceptions, which are not supported");
		}
		for (int i = 0; i < module.typeSection().subTypeCount(); i++) {
			SubType type = module.typeSection().getSubType(i);
			CompType composite = (type != null) ? type.compType() : null;
			if (composite != null && (composite.structType() != null || composite.arrayType() != null)) {
				throw new IllegalArgumentException(
						"It uses objects on the garbage-collected heap, whose size cannot be limited");
			}
		}
	}

	private static void checkTables(WasmModule module) {
		long entries = 0;
		for (int i = 0; i < module.tableSection().tableCount(); i++) {
			long most = module.tableSection().getTable(i).limits().max();
			entries += (most < 0) ? MOST_TABLE_ENTRIES + 1 : Math.min(most, MOST_TABLE_ENTRIES + 1);
		}
		if (entries > MOST_TABLE_ENTRIES) {
			throw new IllegalArgumentException("Its tables may have more than " + MOST_TABLE_ENTRIES
					+ " entries: give them a maximum, as linkers do without --growable-table");
		}
	}

	static boolean hasFunction(WasmModule module, String name) {
		return exports(module, ExternalType.FUNCTION, name);
	}

	private static boolean exports(WasmModule module, ExternalType type, String name) {
		for (int i = 0; i < module.exportSection().exportCount(); i++) {
			Export export = module.exportSection().getExport(i);
			if (export.exportType() == type && export.name().equals(name)) {
				return true;
			}
		}
		return false;
	}

}
