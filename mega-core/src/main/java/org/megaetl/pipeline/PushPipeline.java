package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;

import org.springframework.dao.DataAccessException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The pipeline of a source that sends events when it likes and waits for an answer: it is
 * answered after the commit, or told to come back when the database is away.
 */
public final class PushPipeline implements Pipeline {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	/** A lost deadlock is worth another try while the sender waits. */
	private static final int LOCK_ATTEMPTS = 3;

	private final PipelineName name;

	private final String transformer;

	private final RejectPolicy onReject;

	private final TransformStage transform;

	private final PipelineMonitor monitor;

	private final PipelineMetrics metrics;

	private final BatchDelivery delivery;

	private final GroupCommitter committer;

	private final Sink sink;

	private final PipelineId id;

	private final String instance = "push/" + BatchToken.random() + "/";

	PushPipeline(PipelineSettings settings, PipelineId id, TransformFunction function, Sink sink,
			PipelineOptions options, PipelineMonitor monitor, PipelineMetrics metrics) {
		this.name = settings.name();
		this.transformer = settings.transformer();
		this.onReject = settings.onReject();
		this.id = id;
		this.sink = sink;
		this.monitor = monitor;
		this.metrics = metrics;
		this.transform = new TransformStage(function);
		EventWriter writer = (function instanceof DirectTransformer direct)
				? new DirectWriter(direct, sink.classifier()) : new StatementWriter(sink.rows(), sink.classifier());
		BatchTransaction transaction = new BatchTransaction(this.name, id, this.onReject, writer, sink);
		this.delivery = new BatchDelivery(id, this.onReject, transaction, sink, this::await);
		this.committer = new GroupCommitter(this.name.toString(), options, this::write, this::recover);
	}

	@Override
	public PipelineName name() {
		return this.name;
	}

	@Override
	public String transformer() {
		return this.transformer;
	}

	@Override
	public PipelineStatus status() {
		return this.monitor.status();
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
		if (!this.monitor.is(PipelineState.RUNNING)) {
			PipelineStatus status = this.monitor.status();
			return CompletableFuture.failedFuture(unavailable(
					"the pipeline is " + status.state() + ((status.reason() != null) ? ": " + status.reason() : ""),
					null));
		}
		PendingEvent pending = this.transform.transform(event);
		if (pending.isSkipped()) {
			return settled(new EventOutcome.Skipped());
		}
		if (pending.refusal() != null && this.onReject == RejectPolicy.ANSWER) {
			return settled(new EventOutcome.Rejected(BatchTransaction.messageOf(pending.refusal())));
		}
		return this.committer.submit(pending);
	}

	private CompletableFuture<EventOutcome> settled(EventOutcome outcome) {
		this.metrics.record(outcome);
		return CompletableFuture.completedFuture(outcome);
	}

	private List<EventOutcome> write(int writer, List<PendingEvent> events) throws InterruptedException {
		List<EventOutcome> outcomes;
		try {
			outcomes = this.delivery.deliver(new Batch(events, List.of(), this.instance + writer, BatchToken.random()));
		}
		catch (TransactionLostException ex) {
			this.monitor.become(PipelineState.FAILED, ex.getMessage());
			throw unavailable(BatchTransaction.messageOf(ex), ex);
		}
		this.metrics.record(outcomes);
		this.monitor.succeeded();
		return outcomes;
	}

	/**
	 * The patience of somebody whose sender waits.
	 */
	private void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
		if (attempts < LOCK_ATTEMPTS && isLockConflict(failure)) {
			Thread.sleep(ThreadLocalRandom.current().nextLong(5, 50));
			return;
		}
		String reason = SqlFailure.describe(failure);
		this.monitor.attemptFailed(reason);
		PipelineUnavailableException unavailable = unavailable("the database is not available: " + reason, failure);
		this.committer.refuseWaiting(unavailable);
		throw unavailable;
	}

	private static boolean isLockConflict(Throwable failure) {
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return sqlFailure != null && sqlFailure.isLockConflict();
	}

	/**
	 * Waits until a transaction that writes succeeds again. Until then every event is
	 * refused at once.
	 */
	private void recover(int writer) throws InterruptedException {
		BackOffExecution backOff = new ExponentialBackOff(250, 1.5).start();
		while (this.monitor.is(PipelineState.RETRYING)) {
			try {
				this.sink.checkpoints().mark(this.id, this.instance + writer, BatchToken.random());
				this.monitor.succeeded();
			}
			catch (DataAccessException ex) {
				this.monitor.attemptFailed(SqlFailure.describe(ex));
				Thread.sleep(Math.min(backOff.nextBackOff(), RETRY_AFTER.toMillis()));
			}
		}
	}

	private PipelineUnavailableException unavailable(String reason, @Nullable Throwable cause) {
		return new PipelineUnavailableException("Pipeline '" + this.name + "' cannot take events now: " + reason,
				RETRY_AFTER, cause);
	}

	void start() {
		this.monitor.become(PipelineState.RUNNING, null);
		this.committer.start();
	}

	void stop(Duration timeout) {
		this.monitor.become(PipelineState.STOPPED, "the application is stopping");
		this.committer.stop(timeout);
	}

}
