package org.megaetl.transformers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.TransformersProperties.Definition;
import org.megaetl.transformers.TransformersProperties.ScriptEngine;
import org.megaetl.transformers.TransformersProperties.Type;
import org.megaetl.transformers.guest.CallTimer;
import org.megaetl.transformers.guest.GuestInstances;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.guest.GuestSettings;
import org.megaetl.transformers.guest.GuestTransformer;
import org.megaetl.transformers.script.GraalJsProgram;
import org.megaetl.transformers.script.QuickJsProgram;
import org.megaetl.transformers.script.Script;
import org.megaetl.transformers.table.Utf8;
import org.megaetl.transformers.wasm.WasmProgram;
import org.megaetl.transformers.wasm.WasmSettings;

import org.springframework.core.io.Resource;
import org.springframework.util.unit.DataSize;

/**
 * Creates transformers with code.
 */
final class GuestFactory {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final long STATEMENT_LIMIT = 10_000_000;

	private static final DataSize MEMORY = DataSize.ofMegabytes(64);

	private static final DataSize MAX_OUTPUT = DataSize.ofMegabytes(1);

	private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(5);

	private GuestFactory() {
	}

	static GuestTransformer create(String name, Definition definition, CallTimer timer, GuestReloader reloader) {
		String property = ConfiguredTransformers.PREFIX + name;
		if (definition.tables().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + property + ".tables' is not set, so that the transformer may not return any row.",
					"List the tables that it may write to.");
		}
		GuestSettings settings = new GuestSettings(property, definition.tables(),
				Objects.requireNonNullElse(definition.timeout(), TIMEOUT), maxOutput(definition),
				definition.allowOtherUniqueKeys());
		Path file = file(definition);
		// before it is read, so that no change is missed
		String version = (file != null) ? GuestReloader.version(file) : null;
		GuestProgram program = load(property, definition, timer);
		String initDdl = initDdl(property, definition, program, timer);
		GuestTransformer transformer = new GuestTransformer(settings, program, timer, initDdl);
		Duration reloadInterval = Objects.requireNonNullElse(definition.reloadInterval(), RELOAD_INTERVAL);
		if (file != null && !reloadInterval.isZero()) {
			reloader.watch(name, file, reloadInterval, transformer, () -> reload(property, definition, timer, initDdl),
					version);
		}
		return transformer;
	}

	/**
	 * Loads a changed file. Its DDL must be as before, since DDL is run by a start only.
	 */
	private static GuestProgram reload(String property, Definition definition, CallTimer timer,
			@Nullable String initDdl) {
		GuestProgram program = load(property, definition, timer);
		if (!Objects.equals(initDdl, initDdl(property, definition, program, timer))) {
			throw new InvalidConfigurationException(
					"'" + property + ".location' has a file whose mega_init asks for other DDL than before.",
					"Restart the application, which runs DDL before the first event.");
		}
		return program;
	}

	private static @Nullable String initDdl(String property, Definition definition, GuestProgram program,
			CallTimer timer) {
		if (!Boolean.TRUE.equals(definition.allowInit())) {
			return null;
		}
		String ddl;
		try {
			ddl = GuestInstances.initDdl(program, timer, definition.tables());
		}
		catch (Exception ex) {
			throw new InvalidConfigurationException("'" + property
					+ ".allow-init' is true, but the module's DDL cannot be used: " + ex.getMessage() + ".",
					"Correct the module, or remove '" + property + ".allow-init'.", ex);
		}
		if (ddl == null) {
			throw new InvalidConfigurationException(
					"'" + property + ".allow-init' is true, but the module does not export 'mega_init'.",
					"Remove it, or export the function.");
		}
		return ddl;
	}

	private static @Nullable Path file(Definition definition) {
		Resource location = definition.location();
		try {
			return (location != null && location.isFile()) ? location.getFilePath() : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Loads a program and tries it.
	 * @throws InvalidConfigurationException if it cannot be used
	 */
	private static GuestProgram load(String property, Definition definition, CallTimer timer) {
		Resource location = definition.location();
		if (location == null) {
			throw new InvalidConfigurationException("'" + property + ".location' is not set.",
					"Set it to the file with the code, such as 'file:order.js'.");
		}
		byte[] code = MappingFactory.read(property + ".location", location);
		try {
			GuestProgram program = program(definition, String.valueOf(location.getFilename()), code);
			GuestInstances.tryToLoad(program, timer);
			return program;
		}
		catch (Exception | StackOverflowError ex) {
			String reason = String.valueOf(ex.getMessage()).strip();
			throw new InvalidConfigurationException("'" + property + ".location' is " + location.getDescription()
					+ ", which cannot be used: " + reason + (reason.endsWith(".") ? "" : "."), "Correct the file.", ex);
		}
	}

	private static GuestProgram program(Definition definition, String name, byte[] code) {
		long memory = Objects.requireNonNullElse(definition.memory(), MEMORY).toBytes();
		if (definition.type() == Type.WASM) {
			return new WasmProgram(code, new WasmSettings(memory, maxOutput(definition),
					Boolean.TRUE.equals(definition.interpreted()), definition.config()));
		}
		String text = Utf8.decode(code);
		if (text == null) {
			throw new IllegalArgumentException("it is not UTF-8");
		}
		Script script = new Script(name, text);
		return (definition.engine() == ScriptEngine.QUICKJS) ? new QuickJsProgram(script, memory)
				: new GraalJsProgram(script, Objects.requireNonNullElse(definition.statementLimit(), STATEMENT_LIMIT),
						maxOutput(definition));
	}

	private static int maxOutput(Definition definition) {
		return Math.toIntExact(Objects.requireNonNullElse(definition.maxOutput(), MAX_OUTPUT).toBytes());
	}

}
