package org.megaetl.transformers.guest;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.transformers.table.TableNames;

/**
 * Hands events to instances of a guest. Each thread gets an instance of its own, and no
 * instance sees events of two pipelines. An instance that fails in another way than by
 * refusing an event is thrown away. Safe for use by several threads.
 */
public final class GuestTransformer implements TableBound, AutoCloseable {

	/** Compiling and a first run are slower than any event. */
	private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(30);

	private final GuestSettings settings;

	private final GuestRows rows;

	private final CallTimer timer;

	private final @Nullable String initDdl;

	private volatile Generation generation;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @param program the guest
	 * @param timer ends calls that take too long
	 * @param initDdl the DDL that the guest asks for, or {@code null} for none
	 */
	public GuestTransformer(GuestSettings settings, GuestProgram program, CallTimer timer, @Nullable String initDdl) {
		this.initDdl = initDdl;
		settings.tables().forEach((table) -> TableNames.refusePlatform(table, settings.property() + ".tables"));
		this.settings = settings;
		this.rows = new GuestRows(settings);
		this.timer = timer;
		this.generation = new Generation(program);
	}

	private GuestTransformer(GuestTransformer other, GuestProgram program) {
		this.initDdl = other.initDdl;
		this.settings = other.settings;
		this.rows = other.rows;
		this.timer = other.timer;
		this.generation = new Generation(program);
	}

	/**
	 * Returns a transformer that is like this one but for its program, to try that.
	 * @param program the program
	 * @return the transformer, to be closed
	 */
	public GuestTransformer with(GuestProgram program) {
		return new GuestTransformer(this, program);
	}

	@Override
	public @Nullable String initDdl() {
		return this.initDdl;
	}

	@Override
	public void bind(Catalogue catalogue) throws SQLException {
		this.rows.bind(catalogue);
	}

	/**
	 * Uses another program from the next batch on.
	 * @param program the program, which has been tried
	 */
	public void replace(GuestProgram program) {
		Generation old = this.generation;
		this.generation = new Generation(program);
		old.close();
	}

	@Override
	public List<Row> transform(Event event) throws Exception {
		return this.rows.read(call(event, this.generation));
	}

	@Override
	public TransformerBatch openBatch() {
		Generation current = this.generation;
		current.batches.incrementAndGet();
		return new TransformerBatch() {

			@Override
			public List<Row> transform(Event event) throws Exception {
				return GuestTransformer.this.rows.read(call(event, current));
			}

			@Override
			public void close() {
				current.batches.decrementAndGet();
				current.closeIfUnused();
			}

		};
	}

	/**
	 * Loads a program, and asks it for the DDL of its tables.
	 * @param program the program
	 * @param timer ends the attempt if it takes too long
	 * @param tables the tables that it may create
	 * @return the DDL, checked, or {@code null} if the program cannot be asked
	 * @throws Exception if it fails, or asks for anything else
	 */
	public static @Nullable String initDdl(GuestProgram program, CallTimer timer, List<String> tables)
			throws Exception {
		GuestInstance instance = program.newInstance();
		try (CallTimer.Call call = timer.register(instance::interrupt)) {
			String ddl = timed(call, LOAD_TIMEOUT, "To ask the transformer for its DDL", () -> {
				instance.load();
				return instance.initDdl();
			});
			return (ddl != null) ? GuestDdl.check(ddl, tables) : null;
		}
		finally {
			instance.close();
		}
	}

	/**
	 * Tries a program: whether it can be loaded.
	 * @param program the program
	 * @param timer ends the attempt if it takes too long
	 * @throws Exception if it cannot
	 */
	public static void load(GuestProgram program, CallTimer timer) throws Exception {
		GuestInstance instance = program.newInstance();
		try (CallTimer.Call call = timer.register(instance::interrupt)) {
			timed(call, LOAD_TIMEOUT, "To load the transformer", () -> {
				instance.load();
				return null;
			});
		}
		finally {
			instance.close();
		}
	}

	private @Nullable String call(Event event, Generation current) throws Exception {
		Slot slot = current.take(event.source());
		boolean reusable = false;
		try {
			if (!slot.loaded) {
				timed(slot.call, LOAD_TIMEOUT, "To load the transformer", () -> {
					slot.instance.load();
					return null;
				});
				slot.loaded = true;
			}
			String output = timed(slot.call, this.settings.timeout(), "The transformer",
					() -> slot.instance.transform(event));
			reusable = true;
			return output;
		}
		catch (GuestRefusalException ex) {
			reusable = true;
			throw ex;
		}
		finally {
			if (reusable) {
				current.giveBack(event.source(), slot);
			}
			else {
				slot.close();
			}
		}
	}

	private static @Nullable String timed(CallTimer.Call call, Duration timeout, String what,
			Callable<@Nullable String> work) throws Exception {
		Throwable failure;
		call.begin(timeout);
		try {
			String output = work.call();
			if (!call.end()) {
				return output;
			}
			failure = null;
		}
		catch (Exception | StackOverflowError ex) {
			failure = ex;
		}
		if (call.end()) {
			// meant for the call, not for what the thread does next
			Thread.interrupted();
			throw new GuestTimeoutException(what, timeout, failure);
		}
		if (failure instanceof StackOverflowError) {
			throw new IllegalStateException("The transformer calls itself too deeply", failure);
		}
		throw (Exception) Objects.requireNonNull(failure);
	}

	@Override
	public void close() {
		this.generation.close();
	}

	/**
	 * A program and its instances.
	 */
	private final class Generation {

		private final GuestProgram program;

		/**
		 * The instances that have nothing to do, by the pipeline whose events they see.
		 */
		private final Map<String, Deque<Slot>> idle = new ConcurrentHashMap<>();

		/** Those under way, which end with this program even if it is replaced. */
		private final AtomicInteger batches = new AtomicInteger();

		private volatile boolean closed;

		private Generation(GuestProgram program) {
			this.program = program;
		}

		private Slot take(String pipeline) {
			Slot slot = idle(pipeline).pollFirst();
			return (slot != null) ? slot : new Slot(this.program.newInstance());
		}

		private void giveBack(String pipeline, Slot slot) {
			idle(pipeline).addFirst(slot);
			closeIfUnused();
		}

		private Deque<Slot> idle(String pipeline) {
			return this.idle.computeIfAbsent(pipeline, (name) -> new ConcurrentLinkedDeque<>());
		}

		private void close() {
			this.closed = true;
			closeIfUnused();
		}

		private void closeIfUnused() {
			if (!this.closed || this.batches.get() > 0) {
				return;
			}
			this.idle.values().forEach((slots) -> {
				for (Slot slot = slots.pollFirst(); slot != null; slot = slots.pollFirst()) {
					slot.close();
				}
			});
		}

	}

	/**
	 * An instance and its calls.
	 */
	private final class Slot {

		private final GuestInstance instance;

		private final CallTimer.Call call;

		private boolean loaded;

		private Slot(GuestInstance instance) {
			this.instance = instance;
			this.call = GuestTransformer.this.timer.register(instance::interrupt);
		}

		private void close() {
			this.call.close();
			this.instance.close();
		}

	}

}
