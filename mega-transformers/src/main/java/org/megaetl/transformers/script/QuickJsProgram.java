package org.megaetl.transformers.script;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.roastedroot.quickjs4j.core.Builtins;
import io.roastedroot.quickjs4j.core.Engine;
import io.roastedroot.quickjs4j.core.ScriptCache;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.transformers.guest.CappedMemory;
import org.megaetl.transformers.guest.EventMetadata;
import org.megaetl.transformers.guest.GuestInstance;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.guest.GuestRefusalException;
import org.megaetl.transformers.guest.LimitedOutput;
import run.endive.runtime.WasmInterruptedException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * A script in QuickJS, itself a WebAssembly module: slow, but its memory is limited.
 */
public final class QuickJsProgram implements GuestProgram {

	private static final int MOST_LOGGED = 4096;

	/** The script must find nothing of the engine's but the language. */
	private static final String PREPARE = """
			'use strict';
			{
				const invoke = java_invoke;
				const parse = JSON.parse;
				const stringify = JSON.stringify;
				const evaluate = eval;
				for (const name of ['java_invoke', 'quickjs4j_engine', 'mega', 'Javy', 'plugin', 'console', 'print',
						'SharedArrayBuffer', 'Atomics']) {
					delete globalThis[name];
				}
				const link = %s;
				const host = (name, args) => parse(invoke('mega', name, stringify(args)));
				const failed = (error) => {
					let text;
					try {
						text = (error instanceof Error)
							? `${error.name}: ${error.message}\\u0000${error.stack}` : `${error}`;
					}
					catch (ignored) {
						text = 'an error without a message';
					}
					host('refuse', [text]);
				};
				let call;
				const mega = {
					load(evaluated) {
						try {
							call = link(evaluated === undefined ? evaluate(host('script', [])) : evaluated);
						}
						catch (error) {
							failed(error);
						}
					},
					call() {
						try {
							const rows = call(...parse(host('event', [])));
							host('answer', [rows === undefined ? null : rows]);
						}
						catch (error) {
							failed(error);
						}
					}
				};
				Object.defineProperty(globalThis, 'mega', { value: Object.freeze(mega) });
			}
			""".formatted(Script.BOOTSTRAP);

	private static final String LOAD_MODULE = "\n;mega.load(typeof transform === 'undefined' ? null : transform);";

	private static final String LOAD_SCRIPT = "mega.load();";

	private static final String CALL = "mega.call();";

	/** A line of the script in a stack trace, and none of what it called. */
	private static final Pattern LINE = Pattern.compile("(?m)^ *at (?!get |metadata|<input>).*?:(\\d+)");

	private final Script script;

	private final long memory;

	private final ScriptCache compiled = new CompiledScripts();

	/**
	 * Creates a program.
	 * @param script the script
	 * @param memory most bytes that an instance may use
	 */
	public QuickJsProgram(Script script, long memory) {
		this.script = script;
		this.memory = memory;
	}

	@Override
	public GuestInstance newInstance() {
		return new Instance();
	}

	private final class Instance implements GuestInstance {

		private @Nullable Engine engine;

		private int callPointer;

		private volatile @Nullable Thread caller;

		private String event = "";

		private @Nullable String answer;

		private @Nullable String refusal;

		@Override
		public void load() throws Exception {
			run(() -> {
				Engine created = Engine.builder()
					.addBuiltins(Builtins.builder("mega")
						.addVoidToString("event", () -> this.event)
						.addVoidToString("script", QuickJsProgram.this.script::text)
						.addStringToVoid("answer", (text) -> this.answer = text)
						.addStringToVoid("refuse", (text) -> this.refusal = text)
						.build())
					.withMemoryFactory(CappedMemory.of(QuickJsProgram.this.memory))
					.withCache(QuickJsProgram.this.compiled)
					.withStdout(new LimitedOutput(MOST_LOGGED))
					.withStderr(new LimitedOutput(MOST_LOGGED))
					.build();
				this.engine = created;
				created.exec(compile(created, PREPARE));
				created.exec(compile(created, QuickJsProgram.this.script.isModule()
						? QuickJsProgram.this.script.text() + LOAD_MODULE : LOAD_SCRIPT));
				this.callPointer = compile(created, CALL);
			});
		}

		private static int compile(Engine engine, String text) {
			return engine.compileRaw(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public @Nullable String transform(Event event) throws Exception {
			Engine loaded = this.engine;
			if (loaded == null) {
				throw new IllegalStateException("The script is not loaded");
			}
			ArrayNode values = JsonMapper.shared().createArrayNode();
			values.add(event.text()).add(EventMetadata.of(event));
			this.event = values.toString();
			run(() -> loaded.exec(this.callPointer));
			return this.answer;
		}

		private void run(Runnable work) throws Exception {
			this.answer = null;
			this.refusal = null;
			this.caller = Thread.currentThread();
			try {
				work.run();
			}
			catch (WasmInterruptedException ex) {
				InterruptedException interrupted = new InterruptedException("The script was interrupted");
				interrupted.initCause(ex);
				throw interrupted;
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException("The script was ended, as when its memory is used up: " + name(),
						(ex.getCause() != null) ? ex.getCause() : ex);
			}
			finally {
				this.caller = null;
			}
			String reason = this.refusal;
			if (reason != null) {
				throw new GuestRefusalException(readable(reason));
			}
		}

		private String readable(String reason) {
			int end = reason.indexOf('\0');
			if (end < 0) {
				return reason;
			}
			Matcher line = LINE.matcher(reason.substring(end + 1));
			return reason.substring(0, end) + (line.find() ? " (" + name() + ":" + line.group(1) + ")" : "");
		}

		private String name() {
			return QuickJsProgram.this.script.name();
		}

		@Override
		public void interrupt() {
			Thread thread = this.caller;
			if (thread != null) {
				thread.interrupt();
			}
		}

		@Override
		public void close() {
			Engine loaded = this.engine;
			if (loaded != null) {
				loaded.close();
			}
		}

	}

	/**
	 * What has been compiled, for all instances.
	 */
	private static final class CompiledScripts implements ScriptCache {

		private final Map<String, byte[]> scripts = new ConcurrentHashMap<>();

		@Override
		public boolean exists(byte[] code) {
			return this.scripts.containsKey(key(code));
		}

		@Override
		public void set(byte[] code, byte[] compiled) {
			this.scripts.put(key(code), compiled);
		}

		@Override
		public byte @Nullable [] get(byte[] code) {
			return this.scripts.get(key(code));
		}

		private static String key(byte[] code) {
			return new String(code, StandardCharsets.UTF_8);
		}

	}

}
