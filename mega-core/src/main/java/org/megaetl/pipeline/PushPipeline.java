package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The pipeline of a source that sends events when it likes and waits for an answer: it is
 * answered after the commit, or told to come back when the database is away.
 */
public final class PushPipeline extends ManagedPipeline implements EventIntake {

	private static final Logger logger = LoggerFactory.getLogger(PushPipeline.class);

	/** How long to wait at most until the database is tried again. */
	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

	private final PipelineEngine engine;

	private final GroupCommitter committer;

	private final Lock recovering = new ReentrantLock();

	/** Whether a person must act, so that trying often only makes noise. */
	private volatile boolean operatorsTurn;

	private final String instance = "push/" + BatchToken.random() + "/";

	PushPipeline(PipelineEngine engine, PipelineOptions options) {
		super(engine.settings().name(), engine.monitor());
		this.engine = engine;
		this.committer = new GroupCommitter(name(), options, this::write, this::recover);
	}

	@Override
	public String transformer() {
		return this.engine.settings().transformer();
	}

	/**
	 * Takes an event. The transformer is called in the calling thread.
	 * @param event the event
	 * @return completed after the commit with what became of the event. Completed
	 * exceptionally with a {@link PipelineUnavailableException} if it cannot be written
	 * now. The thread that completes it is a writer's: do not block it
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public CompletableFuture<EventOutcome> submit(Event event) throws InterruptedException {
		CompletableFuture<EventOutcome> outcome = new CompletableFuture<>();
		CompletableFuture<?> unused = submit(List.of(event)).whenComplete((outcomes, failure) -> {
			if (failure != null) {
				outcome.completeExceptionally(failure);
			}
			else {
				outcome.complete(outcomes.get(0));
			}
		});
		return outcome;
	}

	/**
	 * Takes events that belong together: they are written in one transaction, as long as
	 * the database takes them so. The transformer is called in the calling thread.
	 * @param events the events, at least one
	 * @return completed after the commit with what became of each event, in order.
	 * Completed exceptionally with a {@link PipelineUnavailableException} if not all of
	 * them can be written now; some may be then, so that whoever sends them again should
	 * give them ids. The thread that completes it is a writer's: do not block it
	 * @throws InterruptedException if the calling thread is to stop
	 */
	@Override
	public CompletableFuture<List<EventOutcome>> submit(List<Event> events) throws InterruptedException {
		return take(events, null);
	}

	@Override
	public CompletableFuture<List<EventOutcome>> submit(List<Event> events, Executor caller)
			throws InterruptedException {
		return take(events, caller);
	}

	private CompletableFuture<List<EventOutcome>> take(List<Event> events, @Nullable Executor caller)
			throws InterruptedException {
		Assert.notEmpty(events, "'events' must not be empty");
		if (!this.engine.monitor().is(PipelineState.RUNNING)) {
			return CompletableFuture.failedFuture(notRunning());
		}
		List<PendingEvent> pending = this.engine.transform(events);
		List<EventOutcome> outcomes = new ArrayList<>(pending.size());
		for (PendingEvent each : pending) {
			EventOutcome outcome = withoutDatabase(each);
			if (outcome == null) {
				return this.committer.submit(pending, caller);
			}
			outcomes.add(outcome);
		}
		this.engine.monitor().settled();
		outcomes.forEach(this.engine::record);
		return CompletableFuture.completedFuture(outcomes);
	}

	@Override
	public SourceStatus source() {
		return SourceStatus.UNKNOWN;
	}

	/**
	 * Returns what becomes of an event that leaves no trace in the database, or
	 * {@code null} if it does.
	 */
	private @Nullable EventOutcome withoutDatabase(PendingEvent pending) {
		if (pending.isSkipped() && pending.event().id() == null) {
			return new EventOutcome.Skipped();
		}
		Throwable refusal = pending.refusal();
		if (refusal != null && !pending.isStoredIfRefused(refusal, this.engine.settings().onReject())) {
			return new EventOutcome.Rejected(FailureMessage.of(refusal));
		}
		return null;
	}

	private void write(int writer, List<PendingEvent> events,
			BiConsumer<List<PendingEvent>, List<EventOutcome>> settled) throws InterruptedException {
		if (status().state() == PipelineState.FAILED) {
			throw notRunning();
		}
		try {
			this.engine.deliver(events, List.of(), this.instance + writer, new SendersPatience(), (some, outcomes) -> {
				this.engine.monitor().succeeded();
				settled.accept(some, outcomes);
			});
		}
		catch (IdsHeldException ex) {
			logger.debug("Events wait for another transaction that has their ids", ex);
		}
		catch (CommittedByStatementException ex) {
			throw unavailable(FailureMessage.of(ex), ex);
		}
	}

	/**
	 * Tells those that wait for their turn that the database is away.
	 * @return the same for those whose turn it is
	 */
	private PipelineUnavailableException refuseWaiting(Throwable failure) {
		String reason = SqlFailure.describe(failure);
		this.engine.monitor().attemptFailed(reason);
		PipelineUnavailableException unavailable = unavailable("the database is not available: " + reason, failure);
		this.committer.refuseWaiting(unavailable);
		return unavailable;
	}

	/**
	 * Waits until a transaction that writes succeeds again. Until then every event is
	 * refused at once. One writer tries for all.
	 */
	private void recover() throws InterruptedException {
		if (!this.engine.monitor().is(PipelineState.RETRYING)) {
			return;
		}
		this.recovering.lockInterruptibly();
		try {
			if (this.operatorsTurn && this.engine.monitor().is(PipelineState.RETRYING)) {
				// the probe would succeed at once, and the next event fail again
				this.engine.monitor().pause(LONGEST_PAUSE);
			}
			BackOffExecution backOff = new ExponentialBackOff(250, 1.5).start();
			while (this.engine.monitor().is(PipelineState.RETRYING)) {
				try {
					this.engine.probe();
					this.engine.monitor().succeeded();
				}
				catch (RuntimeException ex) {
					this.engine.monitor().attemptFailed(SqlFailure.describe(ex));
					this.engine.monitor()
						.pause(Duration.ofMillis(Math.min(backOff.nextBackOff(), LONGEST_PAUSE.toMillis())));
				}
			}
		}
		finally {
			this.recovering.unlock();
		}
	}

	private PipelineUnavailableException notRunning() {
		PipelineStatus status = status();
		return unavailable("it is " + status.state() + ((status.reason() != null) ? ": " + status.reason() : ""), null);
	}

	private PipelineUnavailableException unavailable(String reason, @Nullable Throwable cause) {
		return new PipelineUnavailableException("Pipeline '" + name() + "' cannot take events now: " + reason, cause);
	}

	@Override
	void start() {
		this.engine.monitor().become(PipelineState.RUNNING, null);
		this.committer.start();
	}

	@Override
	void stop(Duration timeout) {
		this.engine.monitor().become(PipelineState.STOPPED, "the application is stopping");
		this.committer.stop(timeout);
	}

	/**
	 * The patience of somebody whose sender waits.
	 */
	private final class SendersPatience implements Patience {

		@Override
		public void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
			if (Patience.isWorthAnotherTry(failure, attempts)) {
				// also while the pipeline stops, as it commits what waits until then
				Thread.sleep(Patience.afterConflict().toMillis());
				return;
			}
			PushPipeline.this.operatorsTurn = kind == FailureKind.OPERATOR;
			throw refuseWaiting(failure);
		}

		/**
		 * Whoever were told to come back now would perhaps bring a second time what is
		 * committed. So a stop does not end this wait, but for the interrupt it ends
		 * with.
		 */
		@Override
		public void awaitOutcome(Throwable failure, int attempts) throws InterruptedException {
			refuseWaiting(failure);
			Thread.sleep(Patience.beforeLookUp(attempts).toMillis());
		}

		@Override
		public void pause(Throwable failure, Duration time) throws InterruptedException {
			PushPipeline.this.engine.monitor().pause(time);
			PipelineState state = status().state();
			if (state == PipelineState.STOPPED || state == PipelineState.FAILED) {
				throw notRunning();
			}
		}

		/**
		 * The writer has others to write: these wait in the queue.
		 */
		@Override
		public void awaitIds(IdsHeldException held) {
			throw held;
		}

	}

}
