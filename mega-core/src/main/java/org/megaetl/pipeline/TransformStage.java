package org.megaetl.pipeline;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.pipeline.TransformWatchdog.Watch;
import org.megaetl.sink.FailureChain;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the transformer for the events of one batch, so that whatever it does concerns
 * its own event only.
 */
final class TransformStage implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TransformStage.class);

	/** Without one, the transformer needs the transaction's connection. */
	private final @Nullable TransformerBatch batch;

	TransformStage(TransformFunction function) {
		this.batch = (function instanceof Transformer transformer) ? transformer.openBatch() : null;
	}

	/**
	 * Transforms events, together where the transformer can do that. If they fail
	 * together, each is transformed alone, which shows the one that is at fault.
	 * @param events the events
	 * @param watch watches over the calling thread
	 * @return the events with their statements or the reason of their refusal, in order
	 * @throws InterruptedException if the calling thread is to stop
	 */
	List<PendingEvent> transform(List<Event> events, Watch watch) throws InterruptedException {
		List<PendingEvent> pending = new ArrayList<>(events.size());
		int maxEvents = (this.batch != null) ? this.batch.maxEvents() : 1;
		if (this.batch == null || maxEvents == 1) {
			for (Event event : events) {
				pending.add(transform(event, watch));
			}
			return pending;
		}
		while (pending.size() < events.size()) {
			List<Event> next = events.subList(pending.size(), Math.min(pending.size() + maxEvents, events.size()));
			if (!pending.addAll(together(this.batch, next, watch))) {
				for (Event event : next) {
					pending.add(transform(event, watch));
				}
			}
		}
		return pending;
	}

	/**
	 * Transforms events in one call. If that fails, or they are not for one call, the
	 * result is empty.
	 */
	private static List<PendingEvent> together(TransformerBatch batch, List<Event> events, Watch watch)
			throws InterruptedException {
		if (events.size() == 1 || events.stream().anyMatch((event) -> event.refusal() != null)) {
			return List.of();
		}
		watch.begin();
		Throwable failure;
		boolean timedOut = false;
		try {
			List<TransformResult> results = batch.transform(events, watch::next);
			if (results.size() != events.size()) {
				throw new IllegalStateException(
						"The transformer returned " + results.size() + " results for " + events.size() + " events");
			}
			List<PendingEvent> pending = new ArrayList<>(results.size());
			for (TransformResult result : results) {
				pending.add(new PendingEvent(events.get(pending.size()), List.copyOf(result.statements()),
						result.refusal()));
			}
			return pending;
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			failure = ex;
		}
		finally {
			timedOut = watch.end();
		}
		// each would be interrupted as well
		Throwable reason = refusal(failure, timedOut, watch);
		logger.debug("{} events could not be transformed together, so each is alone", events.size(), reason);
		return List.of();
	}

	/**
	 * Transforms one event. A transformer that needs the transaction's connection is
	 * called later, inside of it.
	 * @param event the event
	 * @param watch watches over the calling thread
	 * @return the event with its statements or the reason of its refusal
	 * @throws InterruptedException if the calling thread is to stop
	 */
	PendingEvent transform(Event event, Watch watch) throws InterruptedException {
		if (event.refusal() != null) {
			return refused(event, new IllegalArgumentException(event.refusal()));
		}
		if (this.batch == null) {
			return new PendingEvent(event, null, null);
		}
		watch.begin();
		Throwable failure;
		boolean timedOut = false;
		try {
			List<? extends SqlStatement> statements = this.batch.transform(event);
			if (statements == null || hasNull(statements)) {
				return refused(event, new IllegalStateException("The transformer returned null where a statement "
						+ "or a list of statements was expected; return an empty list to skip an event"));
			}
			// it may use its list again for the next event
			return new PendingEvent(event, List.copyOf(statements), null);
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			failure = ex;
		}
		finally {
			timedOut = watch.end();
		}
		return refused(event, refusal(failure, timedOut, watch));
	}

	/**
	 * Returns the failure of a call as the reason to refuse its event, also where a
	 * transformer throws an {@link InterruptedException} and nobody wants its thread to
	 * stop. Where somebody does, a call fails with whatever the transformer or a client
	 * of its makes of the interrupt.
	 * @throws InterruptedException if not the event is at fault, but the thread is to
	 * stop
	 */
	static Throwable refusal(Throwable failure, boolean timedOut, Watch watch) throws InterruptedException {
		if (timedOut) {
			return new TransformTimeoutException(watch.timeout(), failure);
		}
		if (watch.isToStop() && (Thread.currentThread().isInterrupted() || isOfInterrupt(failure))) {
			throw asInterrupted(failure);
		}
		return failure;
	}

	private static boolean isOfInterrupt(Throwable failure) {
		return FailureChain.of(failure)
			.failures()
			.anyMatch((cause) -> cause instanceof InterruptedException || cause instanceof ClosedByInterruptException
					|| (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException)));
	}

	private static InterruptedException asInterrupted(Throwable failure) {
		if (failure instanceof InterruptedException interrupted) {
			return interrupted;
		}
		// the exception is enough, and it may have to be looked up what is committed
		Thread.interrupted();
		InterruptedException interrupted = new InterruptedException("The transformer was interrupted");
		interrupted.initCause(failure);
		return interrupted;
	}

	private static boolean hasNull(List<? extends SqlStatement> statements) {
		for (SqlStatement statement : statements) {
			if (statement == null) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void close() {
		if (this.batch != null) {
			this.batch.close();
		}
	}

	private static PendingEvent refused(Event event, Throwable refusal) {
		return new PendingEvent(event, List.of(), refusal);
	}

}
