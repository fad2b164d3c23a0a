package org.megaetl.pipeline;

import java.util.List;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts what a pipeline does.
 */
final class PipelineMetrics {

	private final Counter written;

	private final Counter skipped;

	private final Counter duplicate;

	private final Counter deadLettered;

	private final Counter rejected;

	private final DistributionSummary batchSize;

	PipelineMetrics(MeterRegistry meters, PipelineName name) {
		this.written = events(meters, name, "written");
		this.skipped = events(meters, name, "skipped");
		this.duplicate = events(meters, name, "duplicate");
		this.deadLettered = events(meters, name, "dead_lettered");
		this.rejected = events(meters, name, "rejected");
		this.batchSize = DistributionSummary.builder("mega.batch.size")
			.description("Events per batch")
			.baseUnit("events")
			.tag("pipeline", name.toString())
			.register(meters);
	}

	private static Counter events(MeterRegistry meters, PipelineName name, String outcome) {
		return Counter.builder("mega.events")
			.description("Events by what became of them")
			.tag("pipeline", name.toString())
			.tag("outcome", outcome)
			.register(meters);
	}

	void record(List<EventOutcome> outcomes) {
		this.batchSize.record(outcomes.size());
		outcomes.forEach(this::record);
	}

	void record(EventOutcome outcome) {
		if (outcome instanceof EventOutcome.Written) {
			this.written.increment();
		}
		else if (outcome instanceof EventOutcome.Skipped) {
			this.skipped.increment();
		}
		else if (outcome instanceof EventOutcome.DeadLettered) {
			this.deadLettered.increment();
		}
		else if (outcome instanceof EventOutcome.Duplicate) {
			this.duplicate.increment();
		}
		else if (outcome instanceof EventOutcome.Rejected) {
			this.rejected.increment();
		}
	}

}
