package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.sink.TransactionLostException;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The pipeline of a source that sends events when it likes and waits for an answer: it is
 * answered after the commit, or told to come back when the database is away.
 */
public final class PushPipeline extends ManagedPipeline {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private final GroupCommitter committer;

	private final String instance = "push/" + BatchToken.random() + "/";

	PushPipeline(PipelineEngine engine, PipelineOptions options) {
		super(engine);
		this.committer = new GroupCommitter(name().toString(), options, this::write, this::recover);
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
		if (!engine().monitor().is(PipelineState.RUNNING)) {
			return CompletableFuture.failedFuture(notRunning());
		}
		PendingEvent pending = engine().transform(event);
		if (pending.isSkipped() && event.id() == null) {
			return settled(new EventOutcome.Skipped());
		}
		if (pending.refusal() != null && engine().settings().onReject() == RejectPolicy.ANSWER) {
			return settled(new EventOutcome.Rejected(FailureMessage.of(pending.refusal())));
		}
		return this.committer.submit(pending);
	}

	@Override
	public SourceStatus source() {
		return SourceStatus.UNKNOWN;
	}

	private CompletableFuture<EventOutcome> settled(EventOutcome outcome) {
		engine().record(outcome);
		return CompletableFuture.completedFuture(outcome);
	}

	private void write(int writer, List<PendingEvent> events, Consumer<List<EventOutcome>> settled)
			throws InterruptedException {
		if (status().state() == PipelineState.FAILED) {
			throw notRunning();
		}
		try {
			engine().deliver(events, List.of(), this.instance + writer, new SendersPatience(settled));
		}
		catch (TransactionLostException ex) {
			throw unavailable(FailureMessage.of(ex), ex);
		}
	}

	/**
	 * Tells those that wait for their turn that the database is away.
	 * @return the same for those whose turn it is
	 */
	private PipelineUnavailableException refuseWaiting(Throwable failure) {
		String reason = SqlFailure.describe(failure);
		engine().monitor().attemptFailed(reason);
		PipelineUnavailableException unavailable = unavailable("the database is not available: " + reason, failure);
		this.committer.refuseWaiting(unavailable);
		return unavailable;
	}

	/**
	 * Waits until a transaction that writes succeeds again. Until then every event is
	 * refused at once.
	 */
	private void recover() throws InterruptedException {
		BackOffExecution backOff = new ExponentialBackOff(250, 1.5).start();
		while (engine().monitor().is(PipelineState.RETRYING)) {
			try {
				engine().probe();
				engine().monitor().succeeded();
			}
			catch (DataAccessException | TransactionException ex) {
				engine().monitor().attemptFailed(SqlFailure.describe(ex));
				Thread.sleep(Math.min(backOff.nextBackOff(), RETRY_AFTER.toMillis()));
			}
		}
	}

	private PipelineUnavailableException notRunning() {
		PipelineStatus status = status();
		return unavailable("it is " + status.state() + ((status.reason() != null) ? ": " + status.reason() : ""), null);
	}

	private PipelineUnavailableException unavailable(String reason, @Nullable Throwable cause) {
		return new PipelineUnavailableException("Pipeline '" + name() + "' cannot take events now: " + reason,
				RETRY_AFTER, cause);
	}

	@Override
	void start() {
		engine().monitor().become(PipelineState.RUNNING, null);
		this.committer.start();
	}

	@Override
	void stop(Duration timeout) {
		engine().monitor().become(PipelineState.STOPPED, "the application is stopping");
		this.committer.stop(timeout);
	}

	/**
	 * The patience of somebody whose sender waits.
	 */
	private final class SendersPatience implements Patience {

		private final Consumer<List<EventOutcome>> settled;

		private SendersPatience(Consumer<List<EventOutcome>> settled) {
			this.settled = settled;
		}

		@Override
		public void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
			if (Patience.isWorthAnotherTry(failure, attempts)) {
				Thread.sleep(ThreadLocalRandom.current().nextLong(5, 50));
				return;
			}
			throw refuseWaiting(failure);
		}

		/**
		 * Whoever were told to come back now would perhaps bring a second time what is
		 * committed.
		 */
		@Override
		public void awaitOutcome(Throwable failure, int attempts) throws InterruptedException {
			refuseWaiting(failure);
			Thread.sleep(Math.min(250L * attempts, RETRY_AFTER.toMillis()));
		}

		@Override
		public void settled(List<EventOutcome> outcomes) {
			this.settled.accept(outcomes);
		}

	}

}
