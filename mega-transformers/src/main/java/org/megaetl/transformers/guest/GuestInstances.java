package org.megaetl.transformers.guest;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program's instances. Each thread gets one of its own, and none sees events of two
 * pipelines. An instance that fails in another way than by refusing an event is thrown
 * away.
 */
public final class GuestInstances {

	private static final Logger logger = LoggerFactory.getLogger(GuestInstances.class);

	/** Compiling and a first run are slower than any event. */
	private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(30);

	private final GuestProgram program;

	private final CallTimer timer;

	private final Duration timeout;

	/**
	 * The instances that have nothing to do, by the pipeline whose events they see.
	 */
	private final Map<String, Deque<Slot>> idle = new ConcurrentHashMap<>();

	/** Batches under way, which end with this program even if it is replaced. */
	private final AtomicInteger batches = new AtomicInteger();

	private volatile boolean closed;

	GuestInstances(GuestProgram program, CallTimer timer, Duration timeout) {
		this.program = program;
		this.timer = timer;
		this.timeout = timeout;
	}

	/**
	 * Tries a program: whether it can be loaded.
	 * @param program the program
	 * @param timer ends the attempt if it takes too long
	 * @throws Exception if it cannot
	 */
	public static void tryToLoad(GuestProgram program, CallTimer timer) throws Exception {
		try (GuestInstance instance = program.newInstance();
				CallTimer.Call call = timer.register(instance::interrupt)) {
			load(instance, call);
		}
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
		try (GuestInstance instance = program.newInstance();
				CallTimer.Call call = timer.register(instance::interrupt)) {
			String ddl = timed(call, LOAD_TIMEOUT, "To ask the transformer for its DDL", () -> {
				instance.load();
				return instance.initDdl();
			});
			return (ddl != null) ? GuestDdl.check(ddl, tables) : null;
		}
	}

	boolean takeSeveralEvents() {
		return this.program.takesSeveralEvents();
	}

	/**
	 * A batch begins.
	 */
	void open() {
		this.batches.incrementAndGet();
	}

	/**
	 * A batch ends.
	 */
	void release() {
		this.batches.decrementAndGet();
		closeIfUnused();
	}

	/**
	 * Closes the instances after the last batch.
	 */
	void close() {
		this.closed = true;
		closeIfUnused();
	}

	/**
	 * Calls an instance that belongs to a pipeline. If one fails that has seen other
	 * events before, these may have left it broken or its memory used up: then a new one
	 * is called, too.
	 */
	<T extends @Nullable Object> T call(String pipeline, Work<T> work) throws Exception {
		Slot slot = idle(pipeline).pollFirst();
		if (slot != null) {
			try {
				return call(slot, pipeline, work);
			}
			catch (GuestRefusalException | GuestTimeoutException | InterruptedException ex) {
				throw ex;
			}
			catch (Exception ex) {
				logger.debug("An instance has failed, so a new one is tried", ex);
			}
		}
		return call(new Slot(this.program.newInstance()), pipeline, work);
	}

	private <T extends @Nullable Object> T call(Slot slot, String pipeline, Work<T> work) throws Exception {
		boolean reusable = false;
		try {
			if (!slot.loaded) {
				load(slot.instance, slot.call);
				slot.loaded = true;
			}
			T output = timed(slot.call, this.timeout, "The transformer",
					() -> work.with(slot.instance, slot.call::next));
			reusable = true;
			return output;
		}
		catch (GuestRefusalException ex) {
			reusable = slot.loaded;
			throw ex;
		}
		finally {
			if (reusable) {
				idle(pipeline).addFirst(slot);
				closeIfUnused();
			}
			else {
				slot.close();
			}
		}
	}

	private Deque<Slot> idle(String pipeline) {
		return this.idle.computeIfAbsent(pipeline, (name) -> new ConcurrentLinkedDeque<>());
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

	private static void load(GuestInstance instance, CallTimer.Call call) throws Exception {
		GuestInstances.<@Nullable Void>timed(call, LOAD_TIMEOUT, "To load the transformer", () -> {
			instance.load();
			return null;
		});
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

	/**
	 * What is done with an instance.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		T with(GuestInstance instance, Runnable next) throws Exception;

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
			this.call = GuestInstances.this.timer.register(instance::interrupt);
		}

		private void close() {
			this.call.close();
			this.instance.close();
		}

	}

}
