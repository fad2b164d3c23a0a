package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

import org.springframework.util.Assert;

/**
 * The pipeline of a source that sends events when it likes and waits for an answer: it is
 * answered when they are in a buffer that another pipeline reads, so that they are taken
 * while the database is away.
 */
public final class BufferedPipeline extends ManagedPipeline implements EventIntake {

	private final EventBuffer buffer;

	private final PipelineMetrics metrics;

	/** While the buffer is away, one request at a time finds out whether it is back. */
	private final AtomicBoolean trying = new AtomicBoolean();

	BufferedPipeline(PipelineName name, EventBuffer buffer, PipelineMonitor monitor, PipelineMetrics metrics) {
		super(name, monitor);
		this.buffer = buffer;
		this.metrics = metrics;
		metrics.state(monitor);
	}

	/**
	 * Returns the pipeline that carries on with what is taken here.
	 * @return a pipeline of this application
	 */
	public Pipeline reader() {
		return this.buffer.reader();
	}

	@Override
	public String transformer() {
		return reader().transformer();
	}

	@Override
	public SourceStatus source() {
		return SourceStatus.UNKNOWN;
	}

	@Override
	public CompletableFuture<List<EventOutcome>> submit(List<Event> events) {
		Assert.notEmpty(events, "'events' must not be empty");
		PipelineStatus status = status();
		boolean probe = status.state() == PipelineState.RETRYING && this.trying.compareAndSet(false, true);
		if (status.state() != PipelineState.RUNNING && !probe) {
			return CompletableFuture.failedFuture(unavailable(
					"it is " + status.state() + ((status.reason() != null) ? ": " + status.reason() : ""), null));
		}
		CompletableFuture<List<EventOutcome>> settled = new CompletableFuture<>();
		CompletableFuture<?> unused = store(events).whenComplete((outcomes, failure) -> {
			if (probe) {
				this.trying.set(false);
			}
			if (outcomes != null) {
				settled(outcomes);
				settled.complete(outcomes);
			}
			else {
				settled.completeExceptionally(failed(Objects.requireNonNull(failure)));
			}
		});
		return settled;
	}

	/**
	 * Stores events but those that their adapter refuses: whoever reads the buffer would
	 * not know that it does.
	 */
	private CompletableFuture<List<EventOutcome>> store(List<Event> events) {
		List<Event> taken = events.stream().filter((event) -> event.refusal() == null).toList();
		if (taken.size() == events.size()) {
			return this.buffer.store(events);
		}
		CompletableFuture<List<EventOutcome>> stored = taken.isEmpty() ? CompletableFuture.completedFuture(List.of())
				: this.buffer.store(taken);
		return stored.thenApply((outcomes) -> inOrder(events, outcomes.iterator()));
	}

	private static List<EventOutcome> inOrder(List<Event> events, Iterator<EventOutcome> stored) {
		List<EventOutcome> outcomes = new ArrayList<>(events.size());
		for (Event event : events) {
			String refusal = event.refusal();
			outcomes.add((refusal != null) ? new EventOutcome.Rejected(refusal) : stored.next());
		}
		return outcomes;
	}

	private void settled(List<EventOutcome> outcomes) {
		monitor().settled();
		if (outcomes.stream().anyMatch(EventOutcome.Buffered.class::isInstance)) {
			monitor().succeeded();
		}
		outcomes.forEach(this.metrics::record);
	}

	private PipelineUnavailableException failed(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof PipelineUnavailableException busy) {
			return busy;
		}
		String reason = "the buffer is not available: " + cause;
		monitor().attemptFailed(reason);
		return unavailable(reason, cause);
	}

	private PipelineUnavailableException unavailable(String reason, @Nullable Throwable cause) {
		return new PipelineUnavailableException("Pipeline '" + name() + "' cannot take events now: " + reason, cause);
	}

	@Override
	void start() {
		monitor().become(PipelineState.RUNNING, null);
	}

	@Override
	void stop(Duration timeout) {
		monitor().become(PipelineState.STOPPED, "the application is stopping");
	}

}
