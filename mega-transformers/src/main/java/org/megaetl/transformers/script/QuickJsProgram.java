package org.megaetl.transformers.script;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.megaetl.transformers.guest.GuestLog;
import org.megaetl.transformers.guest.GuestOutput;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.guest.GuestRefusalException;
import org.megaetl.transformers.guest.LimitedOutput;
import org.megaetl.transformers.table.Utf8;
import run.endive.runtime.WasmInterruptedException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * A script in QuickJS, itself a WebAssembly module: slow, but its memory is limited.
 */
public final class QuickJsProgram implements GuestProgram {

	/** Most bytes that are kept of what the engine prints in one call. */
	private static final int MOST_PRINTED = 1000;

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
				const host = (name, args) => parse(invoke('mega', name, stringify(args)));
				const link = (%s)((line) => host('log', [line]));
				const described = (error) => {
					try {
						return (error instanceof Error)
							? `${error.name}: ${error.message}\\u0000${error.stack}` : `${error}`;
					}
					catch (ignored) {
						return 'an error without a message';
					}
				};
				let call;
				const mega = {
					bootstrapLoad(evaluated) {
						try {
							call = link(evaluated === undefined ? evaluate(host('script', [])) : evaluated);
						}
						catch (error) {
							host('refuse', [described(error)]);
						}
					},
					bootstrapCalls() {
						const events = parse(host('events', []));
						const lengths = [];
						const answers = [];
						for (let i = 0; i < events.length; i += 2) {
							let answer;
							try {
								const rows = call(events[i], () => events[i + 1]);
								answer = rows === null ? '' : `=${rows}`;
							}
							catch (error) {
								answer = `!${described(error)}`;
							}
							lengths.push(answer.length);
							answers.push(answer);
						}
						host('answer', [`${lengths.join()}\\n${answers.join('')}`]);
					}
				};
				Object.defineProperty(globalThis, 'mega', { value: Object.freeze(mega) });
			}
			""".formatted(Script.BOOTSTRAP);

	/** The engine does not say what a module exports, but what is bound in it. */
	private static final String LOAD_MODULE = "\n;mega.bootstrapLoad(typeof %1$s === 'undefined' ? null : %1$s);";

	private static final String LOAD_SCRIPT = "mega.bootstrapLoad();";

	private static final String CALL = "mega.bootstrapCalls();";

	/** A line of the script in a stack trace, and none of what it called. */
	private static final Pattern LINE = Pattern.compile("(?m)^ *at (?!get |metadata|<input>).*?:(\\d+)");

	/** What stands between the engine's words, and advice to who has built it. */
	private static final Pattern GAP = Pattern.compile("(?U)note: run with `RUST_BACKTRACE=1`[^\n]*|[\\p{Cntrl}\\s]+");

	/** From here on, a stack trace tells who called the script. */
	private static final String CALLER = "at bootstrap";

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

	@Override
	public boolean takesSeveralEvents() {
		return true;
	}

	private final class Instance implements GuestInstance {

		private @Nullable Engine engine;

		private int callPointer;

		private final GuestLog log = new GuestLog();

		private final LimitedOutput printed = new LimitedOutput(MOST_PRINTED);

		private String events = "";

		private @Nullable String answer;

		private @Nullable String refusal;

		@Override
		public void load() throws Exception {
			run(name(), () -> {
				Engine created = Engine.builder()
					.addBuiltins(Builtins.builder("mega")
						.addVoidToString("events", () -> this.events)
						.addVoidToString("script", QuickJsProgram.this.script::source)
						.addStringToVoid("answer", (text) -> this.answer = text)
						.addStringToVoid("refuse", (text) -> this.refusal = text)
						.addStringToVoid("log", this.log::line)
						.build())
					.withMemoryFactory(CappedMemory.of(QuickJsProgram.this.memory))
					.withCache(QuickJsProgram.this.compiled)
					.withStdout(this.printed)
					.withStderr(this.printed)
					.build();
				this.engine = created;
				created.exec(compile(created, PREPARE));
				created.exec(compile(created, source()));
				this.callPointer = compile(created, CALL);
			});
		}

		private String source() {
			Script script = QuickJsProgram.this.script;
			return script.isModule() ? script.source() + LOAD_MODULE.formatted(script.function()) : LOAD_SCRIPT;
		}

		private static int compile(Engine engine, String text) {
			return engine.compileRaw(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public List<GuestOutput> transform(List<Event> events, Runnable next) throws Exception {
			Engine loaded = this.engine;
			if (loaded == null) {
				throw new IllegalStateException("The script is not loaded");
			}
			ArrayNode values = JsonMapper.shared().createArrayNode();
			for (Event event : events) {
				values.add(Utf8.decode(event.payload())).add(EventMetadata.of(event));
			}
			this.events = values.toString();
			run(events.get(0).source(), () -> loaded.exec(this.callPointer));
			return outputs(Objects.requireNonNull(this.answer), events.size());
		}

		/**
		 * Takes an answer apart: the lengths of all outputs in its first line, then
		 * those.
		 */
		private List<GuestOutput> outputs(String text, int count) {
			List<GuestOutput> outputs = new ArrayList<>(count);
			int line = text.indexOf('\n');
			int start = line + 1;
			for (String length : text.substring(0, line).split(",")) {
				int end = start + Integer.parseInt(length);
				outputs.add(output(text.substring(start, end)));
				start = end;
			}
			return outputs;
		}

		private GuestOutput output(String text) {
			if (text.isEmpty()) {
				return GuestOutput.NONE;
			}
			String content = text.substring(1);
			return (text.charAt(0) == '=') ? GuestOutput.json(content) : GuestOutput.refused(readable(content));
		}

		private void run(String name, Runnable work) throws Exception {
			this.answer = null;
			this.refusal = null;
			this.printed.reset();
			try {
				work.run();
			}
			catch (WasmInterruptedException ex) {
				InterruptedException interrupted = new InterruptedException("The script was interrupted");
				interrupted.initCause(ex);
				throw interrupted;
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException(
						"The script was ended, as when its memory is used up: " + name() + lastWords(),
						(ex.getCause() != null) ? ex.getCause() : ex);
			}
			finally {
				this.log.flush(name);
			}
			String reason = this.refusal;
			if (reason != null) {
				throw new GuestRefusalException(readable(reason));
			}
		}

		/**
		 * Returns the engine's last words, which say why it has ended.
		 */
		private String lastWords() {
			String text = GAP.matcher(this.printed.toString(StandardCharsets.UTF_8)).replaceAll(" ").strip();
			return text.isEmpty() ? "" : "; the engine says: " + text;
		}

		private String readable(String reason) {
			int end = reason.indexOf('\0');
			if (end < 0) {
				return reason;
			}
			String stack = reason.substring(end + 1);
			int caller = stack.indexOf(CALLER);
			Matcher line = LINE.matcher((caller >= 0) ? stack.substring(0, caller) : stack);
			return reason.substring(0, end) + (line.find() ? " (" + name() + ":" + line.group(1) + ")" : "");
		}

		private String name() {
			return QuickJsProgram.this.script.name();
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
