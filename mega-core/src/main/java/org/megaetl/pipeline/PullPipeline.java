package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.checkpoint.Claim;
import org.megaetl.checkpoint.StoredPosition;
import org.megaetl.event.EventBatch;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.SqlFailure;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The pipeline of a source that is read when there is room: its adapter hands over a
 * batch and gets it back settled, however long the database is away meanwhile.
 */
public final class PullPipeline extends ManagedPipeline {

	private static final Duration FIRST_RETRY = Duration.ofMillis(100);

	private static final Duration LAST_RETRY = Duration.ofSeconds(15);

	/** Where a person must act, trying often only makes noise. */
	private static final Duration OPERATOR_RETRY = Duration.ofSeconds(5);

	private final PipelineEngine engine;

	private final TransactionOperations transactions;

	private final String instance = "pull/" + BatchToken.random();

	private volatile Supplier<SourceStatus> source = () -> SourceStatus.UNKNOWN;

	private final Set<Thread> delivering = ConcurrentHashMap.newKeySet();

	PullPipeline(PipelineEngine engine) {
		super(engine.settings().name(), engine.monitor());
		this.engine = engine;
		this.transactions = new SinkTransactions(engine.sink().transactions());
	}

	@Override
	public String transformer() {
		return this.engine.settings().transformer();
	}

	/**
	 * Takes over a part of the source: what an adapter does when a part is assigned to
	 * it, and again when it was told to have lost it. Waits for a batch of whoever had
	 * the part before that is being written; from then on that reader cannot move it any
	 * more.
	 * @param key the part, see {@link org.megaetl.event.SourcePosition#key()}
	 * @param initial where to start if nothing is stored yet; this is stored then
	 * @return the claim, with where to read on from, for however long the database is
	 * away before
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws PipelineUnavailableException if the pipeline is stopped or has failed
	 */
	public Claim claim(String key, String initial) throws InterruptedException {
		return patiently(() -> this.engine.sink().checkpoints().claim(this.engine.id(), key, initial));
	}

	/**
	 * Returns all stored positions of the pipeline, whoever has claimed them.
	 * @return the positions, for however long the database is away before
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws PipelineUnavailableException if the pipeline is stopped or has failed
	 */
	public List<StoredPosition> positions() throws InterruptedException {
		return patiently(() -> this.engine.sink().checkpoints().list(this.engine.id()));
	}

	private <T> T patiently(Supplier<T> access) throws InterruptedException {
		PipelineLog.mark(name());
		try (Backoff backoff = new Backoff()) {
			for (int attempt = 1;; attempt++) {
				requireWorking(null);
				try {
					T result = this.transactions.execute((status) -> access.get());
					backoff.succeeded();
					return Objects.requireNonNull(result);
				}
				catch (DataAccessException | TransactionException ex) {
					backoff.await(ex, this.engine.sink().classifier().classify(ex), attempt);
				}
			}
		}
	}

	/**
	 * Waits while the pipeline is paused or has failed. An adapter calls it before it
	 * reads, so that nothing is read that cannot be delivered.
	 * @return {@code false} if the pipeline is stopped and the adapter must end
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public boolean awaitRunning() throws InterruptedException {
		PipelineLog.mark(name());
		return this.engine.monitor().awaitRunning();
	}

	/**
	 * Delivers a batch: returns after its commit, for however long the database is away
	 * before. Batches of different parts may be delivered by several threads at once.
	 * @param batch the batch
	 * @return what became of the events, and which parts were taken over by somebody
	 * else. Only then may the source be acknowledged
	 * @throws InterruptedException if the calling thread is to stop. The batch is not
	 * committed, or its positions are stored: in any case not to be acknowledged
	 * @throws PipelineUnavailableException if the pipeline is stopped or has failed;
	 * likewise
	 */
	public BatchResult deliver(EventBatch batch) throws InterruptedException {
		return deliver(transform(batch));
	}

	/**
	 * Transforms a batch: the first half of {@link #deliver(EventBatch)}, for an adapter
	 * that transforms the next batch while another thread writes the last.
	 * @param batch the batch
	 * @return the batch, ready to be written
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws PipelineUnavailableException if the pipeline is stopped or has failed
	 */
	public TransformedBatch transform(EventBatch batch) throws InterruptedException {
		requireWorking(null);
		return new TransformedBatch(this.engine.transform(batch.events()), batch.advances());
	}

	/**
	 * Writes a batch: the second half of {@link #deliver(EventBatch)}.
	 * @param batch the batch, to be delivered once
	 * @return as there
	 * @throws InterruptedException as there
	 * @throws PipelineUnavailableException as there
	 */
	public BatchResult deliver(TransformedBatch batch) throws InterruptedException {
		requireWorking(null);
		this.delivering.add(Thread.currentThread());
		try (Backoff backoff = new Backoff()) {
			String writer = this.instance + "/" + Thread.currentThread().getId();
			DeliveryResult result = this.engine.deliver(batch.events(), batch.advances(), writer, backoff,
					(events, outcomes) -> backoff.succeeded());
			return new BatchResult(result.outcomes(), result.lostKeys());
		}
		catch (CommittedByStatementException ex) {
			throw unavailable(ex);
		}
		finally {
			this.delivering.remove(Thread.currentThread());
		}
	}

	/**
	 * Notes that the adapter is about to interrupt its threads, since the application
	 * stops: a transformer that fails then is not at fault. {@link AdapterThreads} do so
	 * by themselves.
	 */
	public void stopping() {
		this.engine.monitor().stopping();
	}

	/**
	 * Gives up: the source cannot be read on, and waiting will not change that. An
	 * operator who has mended it resumes the pipeline.
	 * @param reason what is wrong, and what to do
	 */
	public void fail(String reason) {
		this.engine.monitor().fail(reason);
	}

	/**
	 * Returns how often an operator has resumed the pipeline after a pause or a failure,
	 * in which its positions may have been set anew.
	 * @return how often, since the application started
	 */
	public int resumptions() {
		return this.engine.monitor().resumptions();
	}

	/**
	 * Notes that the source was tried in vain and will be tried again. Until the same
	 * reader says that it can be read, the pipeline is retrying, whatever others do.
	 * @param reader who has tried, compared by {@link Object#equals(Object)}
	 * @param reason what is wrong
	 */
	public void sourceUnavailable(Object reader, String reason) {
		this.engine.monitor().attemptFailed(reader, "the source is not available: " + reason);
	}

	/**
	 * Notes that the source can be read, after
	 * {@link #sourceUnavailable(Object, String)}, or that the reader tries no more.
	 * @param reader who has tried
	 */
	public void sourceAvailable(Object reader) {
		this.engine.monitor().succeeded(reader);
	}

	/**
	 * Sets who is asked for the state of the source, for health, the endpoint and the
	 * metric {@code mega.lag}.
	 * @param source answers at once, from what the adapter saw last, and does not throw
	 */
	public void observe(Supplier<SourceStatus> source) {
		this.source = source;
		this.engine.metrics().lag(source);
	}

	@Override
	public SourceStatus source() {
		return this.source.get();
	}

	/**
	 * Counts events that configuration leaves out, so that they never reach the pipeline.
	 * @param events how many
	 */
	public void countSkipped(long events) {
		this.engine.metrics().countSkipped(events);
	}

	private void requireWorking(@Nullable Throwable cause) {
		PipelineState state = status().state();
		if (state == PipelineState.STOPPED || state == PipelineState.FAILED) {
			throw unavailable(cause);
		}
	}

	private PipelineUnavailableException unavailable(@Nullable Throwable cause) {
		PipelineStatus status = status();
		return new PipelineUnavailableException("Pipeline '" + name() + "' is " + status.state()
				+ ((status.reason() != null) ? ": " + status.reason() : ""), OPERATOR_RETRY, cause);
	}

	@Override
	void start() {
		this.engine.monitor().become(PipelineState.RUNNING, null);
	}

	/**
	 * Lets what is under way finish, then ends it.
	 */
	@Override
	void stop(Duration timeout) {
		this.engine.monitor().become(PipelineState.STOPPED, "the application is stopping");
		long deadline = System.nanoTime() + timeout.toNanos();
		try {
			while (!this.delivering.isEmpty() && System.nanoTime() < deadline) {
				TimeUnit.MILLISECONDS.sleep(10);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.delivering.forEach(Thread::interrupt);
	}

	/**
	 * What became of a batch that was delivered.
	 *
	 * @param outcomes what became of each event, in order
	 * @param lostKeys the parts of the source that another reader has taken over; nothing
	 * of them was written, and this reader must let go of them
	 */
	public record BatchResult(List<EventOutcome> outcomes, Set<String> lostKeys) {

	}

	/**
	 * Tries for as long as it takes, less and less often. Meanwhile it is one of those in
	 * trouble.
	 */
	private final class Backoff implements Patience, AutoCloseable {

		private final BackOffExecution waits;

		Backoff() {
			ExponentialBackOff backOff = new ExponentialBackOff(FIRST_RETRY.toMillis(), 2);
			backOff.setMaxInterval(LAST_RETRY.toMillis());
			backOff.setJitter(FIRST_RETRY.toMillis() / 2);
			this.waits = backOff.start();
		}

		@Override
		public void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
			PipelineMonitor monitor = PullPipeline.this.engine.monitor();
			long millis = this.waits.nextBackOff();
			if (!Patience.isWorthAnotherTry(failure, attempts)) {
				monitor.attemptFailed(this, SqlFailure.describe(failure));
			}
			if (kind == FailureKind.OPERATOR || kind == FailureKind.PERMANENT) {
				millis = Math.max(millis, OPERATOR_RETRY.toMillis());
			}
			pause(failure, Duration.ofMillis(millis));
		}

		@Override
		public void pause(Throwable failure, Duration time) throws InterruptedException {
			PullPipeline.this.engine.monitor().pause(time);
			requireWorking(failure);
		}

		private void succeeded() {
			PullPipeline.this.engine.monitor().succeeded(this);
		}

		@Override
		public void close() {
			PullPipeline.this.engine.monitor().gone(this);
		}

	}

}
