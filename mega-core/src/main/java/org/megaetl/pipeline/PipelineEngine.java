package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.event.PositionAdvance;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.pipeline.BatchDelivery.DeliveryResult;
import org.megaetl.pipeline.TransformWatchdog.Watch;
import org.megaetl.sink.FailureKind;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;

/**
 * What pull and push pipelines have in common: transform, deliver, and keep count.
 */
final class PipelineEngine {

	private final PipelineSettings settings;

	private final PipelineId id;

	private final Sink sink;

	private final TransformFunction function;

	private final BatchDelivery delivery;

	private final PipelineMonitor monitor;

	private final PipelineMetrics metrics;

	private final DeadLetterCeiling ceiling;

	private final TransformWatchdog watchdog;

	private final BatchObserver observer;

	PipelineEngine(PipelineSettings settings, PipelineId id, TransformFunction function, Sink sink,
			PipelineMonitor monitor, PipelineMetrics metrics, DeadLetterCeiling ceiling, TransformWatchdog watchdog,
			BatchObserver observer) {
		this.settings = settings;
		this.id = id;
		this.sink = sink;
		this.monitor = monitor;
		this.metrics = metrics;
		metrics.state(monitor);
		this.ceiling = ceiling;
		this.watchdog = watchdog;
		this.observer = observer;
		this.function = function;
		EventWriter writer = (function instanceof DirectTransformer direct)
				? new DirectWriter(direct, sink.classifier(), watchdog, monitor)
				: new StatementWriter(sink.rows(), sink.classifier());
		BatchTransaction transaction = new BatchTransaction(settings.name(), id, settings.onReject(), writer, sink,
				metrics);
		this.delivery = new BatchDelivery(id, settings.onReject(), transaction, sink);
	}

	PipelineSettings settings() {
		return this.settings;
	}

	PipelineId id() {
		return this.id;
	}

	Sink sink() {
		return this.sink;
	}

	PipelineMonitor monitor() {
		return this.monitor;
	}

	List<PendingEvent> transform(List<Event> events) throws InterruptedException {
		List<PendingEvent> pending;
		long start = System.nanoTime();
		try (PipelineLog log = PipelineLog.of(this.settings.name());
				Watch watch = this.watchdog.watch(this.monitor, this.monitor::fail);
				TransformStage stage = new TransformStage(this.function)) {
			pending = stage.transform(events, watch);
		}
		this.metrics.transformTook(System.nanoTime() - start);
		return pending;
	}

	/**
	 * Delivers a batch, and fails the pipeline where going on would harm.
	 * @throws PipelineUnavailableException if the patience is over
	 * @throws CommittedByStatementException if the pipeline has failed
	 */
	DeliveryResult deliver(List<PendingEvent> events, List<PositionAdvance> advances, String writer, Patience patience)
			throws InterruptedException {
		DeliveryResult result = observe(new Batch(events, advances, writer, BatchToken.random()),
				new Counting(patience));
		if (!result.lostKeys().isEmpty()) {
			result.outcomes().stream().filter(EventOutcome.Displaced.class::isInstance).forEach(this.metrics::record);
		}
		return result;
	}

	/**
	 * Delivers events that are dead letters. Neither the pipeline's state nor its ceiling
	 * depends on how that goes.
	 * @throws PipelineUnavailableException if the patience is over
	 * @throws CommittedByStatementException if the pipeline has failed
	 */
	void replay(List<PendingEvent> events, String writer, Patience patience) throws InterruptedException {
		observe(new Batch(events, List.of(), writer, BatchToken.random()), patience);
	}

	private DeliveryResult observe(Batch batch, Patience patience) throws InterruptedException {
		try (PipelineLog log = PipelineLog.of(this.settings.name());
				BatchObserver.Observed observed = this.observer.begin(this.settings.name(), batch.source())) {
			try {
				return this.delivery.deliver(batch, patience);
			}
			catch (CommittedByStatementException ex) {
				observed.failed(ex);
				this.monitor.fail(FailureMessage.of(ex));
				throw ex;
			}
			catch (RuntimeException ex) {
				observed.failed(ex);
				throw ex;
			}
		}
	}

	PipelineMetrics metrics() {
		return this.metrics;
	}

	void record(EventOutcome outcome) {
		this.metrics.record(outcome);
	}

	void probe() {
		this.delivery.probe();
	}

	/**
	 * Keeps count of what is settled before anybody hears of it, so that who is told of a
	 * dead letter too many finds the pipeline failed.
	 */
	private final class Counting implements Patience {

		private final Patience patience;

		Counting(Patience patience) {
			this.patience = patience;
		}

		@Override
		public void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
			this.patience.await(failure, kind, attempts);
		}

		@Override
		public void awaitOutcome(Throwable failure, int attempts) throws InterruptedException {
			this.patience.awaitOutcome(failure, attempts);
		}

		@Override
		public void pause(Throwable failure, Duration time) throws InterruptedException {
			this.patience.pause(failure, time);
		}

		@Override
		public void awaitIds(IdsHeldException held) {
			this.patience.awaitIds(held);
		}

		@Override
		public void settled(List<PendingEvent> events, List<EventOutcome> outcomes) {
			PipelineEngine engine = PipelineEngine.this;
			engine.metrics.record(outcomes);
			engine.monitor.settled();
			String reason = engine.ceiling.check(outcomes);
			if (reason != null) {
				engine.monitor.fail(reason);
			}
			this.patience.settled(events, outcomes);
		}

	}

}
