package org.megaetl.transformers.wasm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.transformers.guest.CappedMemory;
import org.megaetl.transformers.guest.EventMetadata;
import org.megaetl.transformers.guest.GuestInstance;
import org.megaetl.transformers.guest.GuestLog;
import org.megaetl.transformers.guest.GuestOutput;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.table.Utf8;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.Machine;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/**
 * A WebAssembly module that keeps to version 1 of the binary interface described in
 * docs/transformers/wasm.md.
 */
public final class WasmProgram implements GuestProgram {

	private static final int VERSION = 1;

	private static final byte REFUSAL = '!';

	private final WasmModule module;

	private final WasmSettings settings;

	private final Function<Instance, Machine> machine;

	/**
	 * Creates a program.
	 * @param code the module in binary form
	 * @param settings what it may use
	 * @throws RuntimeException if the module is not valid, or needs what it may not use
	 */
	public WasmProgram(byte[] code, WasmSettings settings) {
		this.module = Parser.parse(code);
		this.settings = settings;
		ModuleRules.check(this.module);
		this.machine = settings.interpreted() ? InterpreterMachine::new
				: MachineFactoryCompiler.builder(this.module)
					.withInterpreterFallback(InterpreterFallback.SILENT)
					.compile();
	}

	@Override
	public GuestInstance newInstance() {
		return new ModuleInstance();
	}

	private final class ModuleInstance implements GuestInstance {

		private final GuestLog log = new GuestLog();

		private final Wasi wasi = new Wasi(WasmProgram.this.settings.config(), this.log);

		private @Nullable Instance instance;

		private @Nullable ExportFunction alloc;

		private @Nullable ExportFunction transform;

		@Override
		public void load() throws Exception {
			run("the start", () -> {
				Instance created = Instance.builder(WasmProgram.this.module)
					.withMachineFactory(WasmProgram.this.machine)
					.withMemoryFactory(CappedMemory.of(WasmProgram.this.settings.memory()))
					.withImportValues(this.wasi.imports(WasmProgram.this.module))
					.withStart(false)
					.build();
				if (ModuleRules.hasFunction(WasmProgram.this.module, "_initialize")) {
					created.export("_initialize").apply();
				}
				long version = created.export("mega_abi_version").apply()[0];
				if (version != VERSION) {
					throw new IllegalArgumentException("It was made for version " + version
							+ " of the binary interface, and this is version " + VERSION);
				}
				this.alloc = created.export("mega_alloc");
				this.transform = created.export("mega_transform");
				this.instance = created;
				return null;
			});
		}

		@Override
		public @Nullable String initDdl() throws Exception {
			Instance loaded = this.instance;
			if (loaded == null || !ModuleRules.hasFunction(WasmProgram.this.module, "mega_init")) {
				return null;
			}
			byte[] ddl = run("the start", () -> output(loaded.memory(), loaded.export("mega_init").apply()[0]));
			String text = (ddl != null) ? Utf8.decode(ddl) : "";
			if (text == null) {
				throw new IllegalArgumentException("The module returned DDL that is not UTF-8");
			}
			return text;
		}

		@Override
		public List<GuestOutput> transform(List<Event> events, Runnable next) throws Exception {
			List<GuestOutput> outputs = new ArrayList<>(events.size());
			for (Event event : events) {
				outputs.add(transform(event));
				next.run();
			}
			return outputs;
		}

		private GuestOutput transform(Event event) throws Exception {
			byte[] output = run(event.source(), () -> call(event));
			if (output == null) {
				return GuestOutput.NONE;
			}
			if (output[0] == REFUSAL) {
				return GuestOutput.refused(new String(output, 1, output.length - 1, StandardCharsets.UTF_8));
			}
			String json = Utf8.decode(output);
			return (json != null) ? GuestOutput.json(json)
					: GuestOutput.refused("The module returned bytes that are not UTF-8");
		}

		private byte @Nullable [] call(Event event) {
			Instance loaded = this.instance;
			ExportFunction allocate = this.alloc;
			ExportFunction function = this.transform;
			if (loaded == null || allocate == null || function == null) {
				throw new IllegalStateException("The module is not loaded");
			}
			byte[] metadata = EventMetadata.of(event).getBytes(StandardCharsets.UTF_8);
			byte[] payload = event.payload();
			Memory memory = loaded.memory();
			long pointer = allocate.apply(metadata.length + payload.length)[0];
			GuestMemory.write(memory, pointer, metadata);
			GuestMemory.write(memory, pointer + metadata.length, payload);
			return output(memory, function.apply(pointer, metadata.length, payload.length)[0]);
		}

		private byte @Nullable [] output(Memory memory, long place) {
			long length = place & 0xFFFF_FFFFL;
			if (length == 0) {
				return null;
			}
			if (length > WasmProgram.this.settings.maxOutput()) {
				throw new IllegalArgumentException(
						"The module returned " + length + " bytes, more than its 'max-output' allows");
			}
			return GuestMemory.read(memory, place >>> Integer.SIZE, length);
		}

		private <T> @Nullable T run(String pipeline, Callable<@Nullable T> work) throws Exception {
			try {
				return work.call();
			}
			catch (WasmInterruptedException ex) {
				InterruptedException interrupted = new InterruptedException("The module was interrupted");
				interrupted.initCause(ex);
				throw interrupted;
			}
			finally {
				this.log.flush(pipeline);
			}
		}

		@Override
		public void close() {
			this.instance = null;
		}

	}

}
