package org.megaetl.pipeline;

import java.util.List;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.TransformWatchdog.Watch;
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
	 * @param listener hears of what is committed when it is counted, so that who is told
	 * of a dead letter too many finds the pipeline failed
	 * @throws PipelineUnavailableException if the patience is over
	 * @throws CommittedByStatementException if the pipeline has failed
	 */
	DeliveryResult deliver(List<PendingEvent> events, List<PositionAdvance> advances, String writer, Patience patience,
			OutcomeListener listener) throws InterruptedException {
		Batch batch = new Batch(events, advances, writer, BatchToken.random());
		DeliveryResult result = observe(batch, patience, (settled, outcomes) -> {
			count(outcomes);
			listener.settled(settled, outcomes);
		});
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
	void replay(List<PendingEvent> events, String writer, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		observe(new Batch(events, List.of(), writer, BatchToken.random()), patience, listener);
	}

	private void count(List<EventOutcome> outcomes) {
		this.metrics.record(outcomes);
		this.monitor.settled();
		String reason = this.ceiling.check(outcomes);
		if (reason != null) {
			this.monitor.fail(reason);
		}
	}

	private DeliveryResult observe(Batch batch, Patience patience, OutcomeListener listener)
			throws InterruptedException {
		try (PipelineLog log = PipelineLog.of(this.settings.name());
				BatchObserver.Observed observed = this.observer.begin(this.settings.name(), batch.source())) {
			try {
				return this.delivery.deliver(batch, patience, listener);
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

}
