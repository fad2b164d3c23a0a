package org.megaetl.transformers.wasm;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;

import org.megaetl.transformers.guest.GuestLog;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Memory;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;

/**
 * As much of WASI preview 1 as a transformer needs: clocks, random numbers, an
 * environment of its configuration, and an output for its log. All else is there, so that
 * a module can be linked, and answers that it is not supported. See
 * <a href="https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md">the
 * specification</a>.
 */
final class Wasi {

	static final String MODULE = "wasi_snapshot_preview1";

	private static final int SUCCESS = 0;

	private static final int BAD_FILE = 8;

	private static final int INVALID = 28;

	private static final int NOT_SUPPORTED = 58;

	private static final int MOST_RANDOM = 65_536;

	private static final int MOST_VECTORS = 1024;

	private static final int MOST_READ = 8192;

	private static final SecureRandom random = new SecureRandom();

	private final Clock clock = Clock.systemUTC();

	private final byte[][] environment;

	private final GuestLog log;

	Wasi(Map<String, String> config, GuestLog log) {
		this.log = log;
		this.environment = config.entrySet()
			.stream()
			.map((entry) -> (entry.getKey() + "=" + entry.getValue() + "\0").getBytes(StandardCharsets.UTF_8))
			.toArray(byte[][]::new);
	}

	/**
	 * Returns what a module's imports are linked with.
	 * @throws IllegalArgumentException if it imports anything else
	 */
	ImportValues imports(WasmModule module) {
		ImportValues.Builder imports = ImportValues.builder();
		for (int i = 0; i < module.importSection().importCount(); i++) {
			Import wanted = module.importSection().getImport(i);
			if (wanted.importType() != ExternalType.FUNCTION || !wanted.module().equals(MODULE)) {
				throw new IllegalArgumentException("It imports " + wanted.module() + "." + wanted.name()
						+ ", but there are only the functions of " + MODULE);
			}
			FunctionType type = module.typeSection().getType(((FunctionImport) wanted).typeIndex());
			String name = wanted.name();
			imports.addFunction(new HostFunction(MODULE, name, type, (instance, args) -> {
				int result = call(name, instance.memory(), args);
				return type.returns().isEmpty() ? new long[0] : new long[] { result };
			}));
		}
		return imports.build();
	}

	private int call(String name, Memory memory, long[] args) {
		return switch (name) {
			case "clock_time_get" -> time(memory, args);
			case "clock_res_get" -> writeLong(memory, args[1], 1000);
			case "random_get" -> random(memory, args[0], args[1]);
			case "environ_sizes_get" -> sizes(memory, args, this.environment);
			case "environ_get" -> strings(memory, args, this.environment);
			case "args_sizes_get" -> sizes(memory, args, new byte[0][]);
			case "args_get", "sched_yield", "fd_close" -> SUCCESS;
			case "fd_write" -> write(memory, args);
			case "fd_fdstat_get" -> stat(memory, args);
			case "proc_exit" -> throw new IllegalStateException("The module ended itself with " + args[0]);
			case "fd_prestat_get", "fd_prestat_dir_name", "fd_read", "fd_seek", "path_open" -> BAD_FILE;
			default -> NOT_SUPPORTED;
		};
	}

	private int time(Memory memory, long[] args) {
		long nanos;
		if (args[0] == 0) {
			Instant now = this.clock.instant();
			nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
		}
		else if (args[0] == 1) {
			nanos = System.nanoTime();
		}
		else {
			return INVALID;
		}
		return writeLong(memory, args[2], nanos);
	}

	private static int writeLong(Memory memory, long pointer, long value) {
		GuestMemory.check(memory, pointer, Long.BYTES);
		memory.writeLong((int) pointer, value);
		return SUCCESS;
	}

	private static int random(Memory memory, long pointer, long length) {
		if ((length & 0xFFFF_FFFFL) > MOST_RANDOM) {
			return INVALID;
		}
		byte[] bytes = new byte[(int) length];
		random.nextBytes(bytes);
		GuestMemory.write(memory, pointer, bytes);
		return SUCCESS;
	}

	private static int sizes(Memory memory, long[] args, byte[][] strings) {
		int size = 0;
		for (byte[] string : strings) {
			size += string.length;
		}
		GuestMemory.writeInt(memory, args[0], strings.length);
		GuestMemory.writeInt(memory, args[1], size);
		return SUCCESS;
	}

	private static int strings(Memory memory, long[] args, byte[][] strings) {
		long pointers = args[0];
		long text = args[1];
		for (byte[] string : strings) {
			GuestMemory.writeInt(memory, pointers, (int) text);
			GuestMemory.write(memory, text, string);
			pointers += Integer.BYTES;
			text += string.length;
		}
		return SUCCESS;
	}

	private int write(Memory memory, long[] args) {
		if ((args[0] != 1 && args[0] != 2) || args[2] < 0 || args[2] > MOST_VECTORS) {
			return BAD_FILE;
		}
		long written = 0;
		for (long i = 0; i < args[2]; i++) {
			long vector = args[1] + i * 2 * Integer.BYTES;
			long pointer = GuestMemory.readInt(memory, vector);
			long length = GuestMemory.readInt(memory, vector + Integer.BYTES) & 0xFFFF_FFFFL;
			GuestMemory.check(memory, pointer, length);
			this.log.write(GuestMemory.read(memory, pointer, Math.min(length, MOST_READ)));
			written += length;
		}
		GuestMemory.writeInt(memory, args[3], (int) written);
		return SUCCESS;
	}

	/**
	 * Tells that the outputs are character devices: the guest's library flushes every
	 * line.
	 */
	private static int stat(Memory memory, long[] args) {
		if (args[0] != 1 && args[0] != 2) {
			return BAD_FILE;
		}
		byte[] stat = new byte[24];
		stat[0] = 2;
		stat[8] = 64;
		GuestMemory.write(memory, args[1], stat);
		return SUCCESS;
	}

}
