package org.megaetl.transformers.script;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.transformers.guest.EventMetadata;
import org.megaetl.transformers.guest.GuestInstance;
import org.megaetl.transformers.guest.GuestLog;
import org.megaetl.transformers.guest.GuestOutput;
import org.megaetl.transformers.guest.GuestProgram;
import org.megaetl.transformers.guest.GuestRefusalException;
import org.megaetl.transformers.table.Utf8;

/**
 * A script in GraalJS. Fast, but its use of the heap is not limited.
 */
public final class GraalJsProgram implements GuestProgram {

	private static final Source BOOTSTRAP = Source.newBuilder("js", Script.BOOTSTRAP, "bootstrap.js")
		.internal(true)
		.buildLiteral();

	private final Engine engine = Engine.newBuilder("js")
		.option("engine.WarnInterpreterOnly", "false")
		.out(OutputStream.nullOutputStream())
		.err(OutputStream.nullOutputStream())
		.build();

	private final Source source;

	private final ResourceLimits limits;

	private final int mostOutput;

	/**
	 * Creates a program.
	 * @param script the script
	 * @param statementLimit most statements that one event may execute
	 * @param mostOutput most characters of the JSON returned for one event
	 */
	public GraalJsProgram(Script script, long statementLimit, int mostOutput) {
		this.mostOutput = mostOutput;
		try {
			Source.Builder builder = Source.newBuilder("js", script.source(), script.name());
			this.source = (script.isModule() ? builder.mimeType("application/javascript+module") : builder).build();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No file is read here", ex);
		}
		this.limits = ResourceLimits.newBuilder().statementLimit(statementLimit, null).build();
	}

	@Override
	public boolean takesSeveralEvents() {
		return true;
	}

	@Override
	public GuestInstance newInstance() {
		return new Instance(Context.newBuilder("js")
			.engine(this.engine)
			.allowHostAccess(HostAccess.NONE)
			.allowHostClassLookup((name) -> false)
			.allowPolyglotAccess(PolyglotAccess.NONE)
			.allowIO(IOAccess.NONE)
			.allowEnvironmentAccess(EnvironmentAccess.NONE)
			.allowExperimentalOptions(true)
			.option("js.esm-eval-returns-exports", "true")
			.option("js.load", "false")
			.option("js.print", "false")
			.option("js.console", "false")
			.option("js.graal-builtin", "false")
			.option("js.polyglot-builtin", "false")
			.option("js.java-package-globals", "false")
			.option("js.atomics", "false")
			.option("js.shared-array-buffer", "false")
			// RegExp.$1 would tell the next event
			.option("js.regexp-static-result", "false")
			.option("js.timezone", "UTC")
			.resourceLimits(this.limits)
			.build());
	}

	private final class Instance implements GuestInstance {

		private final Context context;

		private final GuestLog log = new GuestLog();

		private @Nullable Value function;

		private @Nullable Call call;

		private Instance(Context context) {
			this.context = context;
		}

		@Override
		public void load() {
			try {
				ProxyExecutable write = (arguments) -> {
					this.log.line(arguments[0].asString());
					return null;
				};
				PlainRows take = new PlainRows(GraalJsProgram.this.mostOutput, this::ended);
				Value bootstrap = this.context.eval(BOOTSTRAP).execute(write, take);
				Value script = this.context.eval(GraalJsProgram.this.source);
				Value transform = script.hasMember("transform") ? script.getMember("transform") : script;
				this.function = bootstrap.execute(transform);
			}
			catch (PolyglotException ex) {
				throw refusal(ex);
			}
			finally {
				this.log.flush(GraalJsProgram.this.source.getName());
			}
		}

		/**
		 * Calls the script for all events, and again for those after one that it refuses.
		 */
		@Override
		public List<GuestOutput> transform(List<Event> events, Runnable next) {
			Value loaded = this.function;
			if (loaded == null) {
				throw new IllegalStateException("The script is not loaded");
			}
			Call call = new Call(events, next);
			this.call = call;
			this.context.resetLimits();
			while (call.outputs.size() < events.size()) {
				try {
					loaded.executeVoid(call.arguments());
				}
				catch (PolyglotException ex) {
					RuntimeException refusal = refusal(ex);
					if (!(refusal instanceof GuestRefusalException)) {
						this.log.flush(events.get(0).source());
						throw refusal;
					}
					ended(GuestOutput.refused(String.valueOf(refusal.getMessage())));
				}
			}
			return call.outputs;
		}

		/**
		 * The script is done with an event.
		 */
		private void ended(GuestOutput output) {
			Call current = Objects.requireNonNull(this.call);
			this.log.flush(current.events.get(current.outputs.size()).source());
			current.outputs.add(output);
			current.next.run();
			this.context.resetLimits();
		}

		/**
		 * Returns what the script did wrong, in its own words. If it was not the script
		 * that ended the call, the context is not used again.
		 */
		private RuntimeException refusal(PolyglotException failure) {
			if (failure.isResourceExhausted() || failure.isCancelled()) {
				return new IllegalStateException("The script was ended: " + failure.getMessage() + place(failure),
						failure);
			}
			if (failure.isInternalError()) {
				return new IllegalStateException("The script failed: " + failure.getMessage() + place(failure),
						failure);
			}
			return new GuestRefusalException(failure.getMessage() + place(failure));
		}

		private String place(PolyglotException failure) {
			SourceSection section = failure.getSourceLocation();
			if (isOfScript(section)) {
				return at(section);
			}
			for (PolyglotException.StackFrame frame : failure.getPolyglotStackTrace()) {
				if (frame.isGuestFrame() && isOfScript(frame.getSourceLocation())) {
					return at(frame.getSourceLocation());
				}
			}
			return "";
		}

		private boolean isOfScript(@Nullable SourceSection section) {
			return section != null && section.getSource().getName().equals(GraalJsProgram.this.source.getName());
		}

		private static String at(SourceSection section) {
			return " (" + section.getSource().getName() + ":" + section.getStartLine() + ")";
		}

		@Override
		public void interrupt(Thread caller) {
			// not interrupt(Duration), which a script that catches errors may outlive;
			// and not here, as it waits until the script has ended
			Thread thread = new Thread(this::close, "mega-guest-cancel");
			thread.setDaemon(true);
			thread.start();
		}

		@Override
		public void close() {
			this.context.close(true);
		}

	}

	/**
	 * What is to be done in one call of an instance, and how far that is.
	 */
	private static final class Call {

		private final List<Event> events;

		private final Runnable next;

		private final List<GuestOutput> outputs;

		private Call(List<Event> events, Runnable next) {
			this.events = events;
			this.next = next;
			this.outputs = new ArrayList<>(events.size());
		}

		/**
		 * Returns what returns an event's metadata, and the events' texts, null for one
		 * that has none, from the first that is not done.
		 */
		private @Nullable Object[] arguments() {
			List<Event> open = this.events.subList(this.outputs.size(), this.events.size());
			@Nullable Object[] arguments = new @Nullable Object[1 + open.size()];
			ProxyExecutable metadata = (index) -> EventMetadata.of(open.get(index[0].asInt()));
			arguments[0] = metadata;
			for (int i = 0; i < open.size(); i++) {
				arguments[1 + i] = Utf8.decode(open.get(i).payload());
			}
			return arguments;
		}

	}

}
