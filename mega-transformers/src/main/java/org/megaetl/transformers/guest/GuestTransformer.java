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

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.transformers.table.TableNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to instances of a guest. Each thread gets an instance of its own, and no
 * instance sees events of two pipelines. An instance that fails in another way than by
 * refusing an event is thrown away. Safe for use by several threads.
 */
public sealed class GuestTransformer implements TableBound, AutoCloseable permits BatchGuestTransformer {

	private static final Logger logger = LoggerFactory.getLogger(GuestTransformer.class);

	/** Compiling and a first run are slower than any event. */
	private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(30);

	private final GuestSettings settings;

	private final GuestRows rows;

	private final CallTimer timer;

	private volatile Generation generation;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @param program the guest
	 * @param timer ends calls that take too long
	 */
	public GuestTransformer(GuestSettings settings, GuestProgram program, CallTimer timer) {
		settings.tables().forEach((table) -> TableNames.refusePlatform(table, settings.property() + ".tables"));
		this.settings = settings;
		this.rows = new GuestRows(settings);
		this.timer = timer;
		this.generation = new Generation(program);
	}

	@Override
	public void bind(Catalogue catalogue) throws SQLException {
		this.rows.bind(catalogue);
	}

	/**
	 * Uses another program from the next event on.
	 * @param program the program, which has been tried
	 */
	public void replace(GuestProgram program) {
		Generation old = this.generation;
		this.generation = new Generation(program);
		old.close();
	}

	@Override
	public List<Row> transform(Event event) throws Exception {
		return rows(call(event.source(), (instance) -> instance.transform(event)));
	}

	/**
	 * Makes rows of what the guest returned.
	 */
	final List<Row> rows(@Nullable String output) {
		return this.rows.read(output);
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
			GuestTransformer.<@Nullable Void>timed(call, LOAD_TIMEOUT, "To load the transformer", () -> {
				instance.load();
				return null;
			});
		}
		finally {
			instance.close();
		}
	}

	/**
	 * Calls an instance that belongs to a pipeline. If one fails that has seen other
	 * events before, these may have left it broken or its memory used up: then a new one
	 * is called, too.
	 */
	final <T extends @Nullable Object> T call(String pipeline, Work<T> work) throws Exception {
		Generation current = this.generation;
		Slot slot = current.takeIdle(pipeline);
		if (slot != null) {
			try {
				return call(slot, current, pipeline, work);
			}
			catch (GuestRefusalException | GuestTimeoutException | InterruptedException ex) {
				throw ex;
			}
			catch (Exception ex) {
				logger.debug("An instance has failed, so a new one is tried", ex);
			}
		}
		return call(new Slot(current.program.newInstance()), current, pipeline, work);
	}

	private <T extends @Nullable Object> T call(Slot slot, Generation current, String pipeline, Work<T> work)
			throws Exception {
		boolean reusable = false;
		try {
			if (!slot.loaded) {
				GuestTransformer.<@Nullable Void>timed(slot.call, LOAD_TIMEOUT, "To load the transformer", () -> {
					slot.instance.load();
					return null;
				});
				slot.loaded = true;
			}
			T output = timed(slot.call, this.settings.timeout(), "The transformer", () -> work.with(slot.instance));
			reusable = true;
			return output;
		}
		catch (GuestRefusalException ex) {
			reusable = true;
			throw ex;
		}
		finally {
			if (reusable) {
				current.giveBack(pipeline, slot);
			}
			else {
				slot.close();
			}
		}
	}

	private static <T extends @Nullable Object> T timed(CallTimer.Call call, Duration timeout, String what,
			Callable<T> work) throws Exception {
		Throwable failure;
		call.begin(timeout);
		try {
			T output = work.call();
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
	 * What is done with an instance.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		T with(GuestInstance instance) throws Exception;

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

		private volatile boolean closed;

		private Generation(GuestProgram program) {
			this.program = program;
		}

		private @Nullable Slot takeIdle(String pipeline) {
			return idle(pipeline).pollFirst();
		}

		private void giveBack(String pipeline, Slot slot) {
			idle(pipeline).addFirst(slot);
			if (this.closed) {
				closeIdle();
			}
		}

		private Deque<Slot> idle(String pipeline) {
			return this.idle.computeIfAbsent(pipeline, (name) -> new ConcurrentLinkedDeque<>());
		}

		private void close() {
			this.closed = true;
			closeIdle();
		}

		private void closeIdle() {
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
