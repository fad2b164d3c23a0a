package org.megaetl.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a pipeline does. That a meter fails changes nothing about it: what is
 * committed stays committed, and whoever waits for it is told.
 */
final class PipelineMetrics {

	private static final Logger logger = LoggerFactory.getLogger(PipelineMetrics.class);

	private final MeterRegistry meters;

	private final PipelineName name;

	private final Counter written;

	private final Counter skipped;

	private final Counter duplicate;

	private final Counter displaced;

	private final Counter deadLettered;

	private final Counter rejected;

	private final Counter buffered;

	private final DistributionSummary batchSize;

	private final Timer transform;

	private final Timer write;

	private final Timer commit;

	PipelineMetrics(MeterRegistry meters, PipelineName name) {
		this.meters = meters;
		this.name = name;
		this.written = events(meters, name, "written");
		this.skipped = events(meters, name, "skipped");
		this.duplicate = events(meters, name, "duplicate");
		this.displaced = events(meters, name, "displaced");
		this.deadLettered = events(meters, name, "dead_lettered");
		this.rejected = events(meters, name, "rejected");
		this.buffered = events(meters, name, "buffered");
		this.batchSize = DistributionSummary.builder("mega.batch.size")
			.description("Events per batch")
			.baseUnit("events")
			.tag("pipeline", name.toString())
			.register(meters);
		this.transform = duration(meters, name, "transform");
		this.write = duration(meters, name, "write");
		this.commit = duration(meters, name, "commit");
	}

	private static Timer duration(MeterRegistry meters, PipelineName name, String phase) {
		return Timer.builder("mega.batch.duration")
			.description("Time a batch spends in a phase")
			.tag("pipeline", name.toString())
			.tag("phase", phase)
			.register(meters);
	}

	private static Counter events(MeterRegistry meters, PipelineName name, String outcome) {
		return Counter.builder("mega.events")
			.description("Events by what became of them")
			.tag("pipeline", name.toString())
			.tag("outcome", outcome)
			.register(meters);
	}

	/**
	 * Measures how many events wait in the source.
	 * @param source what is known of it
	 */
	void lag(Supplier<SourceStatus> source) {
		Gauge.builder("mega.lag", source, PipelineMetrics::lagOf)
			.strongReference(true)
			.description("Events waiting in the source")
			.baseUnit("events")
			.tag("pipeline", this.name.toString())
			.register(this.meters);
	}

	private static double lagOf(Supplier<SourceStatus> source) {
		Long lag = source.get().lag();
		return (lag != null) ? lag : Double.NaN;
	}

	/**
	 * Shows what the pipeline is doing: one series for each state, the present one 1 and
	 * the others 0.
	 * @param monitor knows the state
	 */
	void state(PipelineMonitor monitor) {
		for (PipelineState state : PipelineState.values()) {
			Gauge.builder("mega.pipeline.state", monitor, (current) -> current.is(state) ? 1 : 0)
				.strongReference(true)
				.description("Whether the pipeline is in that state")
				.tag("pipeline", this.name.toString())
				.tag("state", state.name().toLowerCase(Locale.ROOT))
				.register(this.meters);
		}
	}

	void countSkipped(long events) {
		increment(this.skipped, events);
	}

	void transformTook(long nanos) {
		record(this.transform, nanos);
	}

	void writeTook(long nanos) {
		record(this.write, nanos);
	}

	void commitTook(long nanos) {
		record(this.commit, nanos);
	}

	void record(List<EventOutcome> outcomes) {
		recordSize(outcomes.size());
		int writtenOnes = 0;
		for (EventOutcome outcome : outcomes) {
			if (outcome instanceof EventOutcome.Written) {
				writtenOnes++;
			}
			else {
				record(outcome);
			}
		}
		if (writtenOnes > 0) {
			increment(this.written, writtenOnes);
		}
	}

	void record(EventOutcome outcome) {
		increment(counterOf(outcome), 1);
	}

	private Counter counterOf(EventOutcome outcome) {
		if (outcome instanceof EventOutcome.Written) {
			return this.written;
		}
		if (outcome instanceof EventOutcome.Skipped) {
			return this.skipped;
		}
		if (outcome instanceof EventOutcome.DeadLettered) {
			return this.deadLettered;
		}
		if (outcome instanceof EventOutcome.Duplicate) {
			return this.duplicate;
		}
		if (outcome instanceof EventOutcome.Displaced) {
			return this.displaced;
		}
		return (outcome instanceof EventOutcome.Buffered) ? this.buffered : this.rejected;
	}

	private void recordSize(int events) {
		try {
			this.batchSize.record(events);
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
	}

	private void record(Timer timer, long nanos) {
		try {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
	}

	private void increment(Counter counter, long events) {
		try {
			counter.increment(events);
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
	}

	private void failed(RuntimeException failure) {
		logger.warn("A meter of pipeline '{}' has failed", this.name, failure);
	}

}
