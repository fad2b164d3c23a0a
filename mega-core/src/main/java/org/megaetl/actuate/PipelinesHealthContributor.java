package org.megaetl.actuate;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineActivity;
import org.megaetl.pipeline.PipelineStatus;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.SourceStatus;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The health of each pipeline, by its name. Asks for the pipelines each time, as
 * connectors may add theirs after this is created.
 */
class PipelinesHealthContributor implements CompositeHealthContributor {

	private final Pipelines pipelines;

	PipelinesHealthContributor(Pipelines pipelines) {
		this.pipelines = pipelines;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		Pipeline pipeline = PipelineNames.find(this.pipelines, name);
		return (pipeline != null) ? indicator(pipeline) : null;
	}

	@Override
	public Stream<Entry> stream() {
		return this.pipelines.all()
			.stream()
			.map((pipeline) -> new Entry(pipeline.name().toString(), indicator(pipeline)));
	}

	private static HealthIndicator indicator(Pipeline pipeline) {
		return () -> health(pipeline.status(), pipeline.activity(), pipeline.source());
	}

	private static Health health(PipelineStatus status, PipelineActivity activity, SourceStatus source) {
		Health.Builder health = switch (status.state()) {
			// an operator's wish is no fault
			case RUNNING, PAUSED -> Health.up();
			case RETRYING, FAILED -> Health.down();
			case STARTING, STOPPED -> Health.outOfService();
		};
		health.withDetail("state", status.state()).withDetail("since", status.since());
		if (status.reason() != null) {
			health.withDetail("reason", status.reason());
		}
		if (status.attempts() > 0) {
			health.withDetail("attempts", status.attempts());
		}
		if (activity.lastEvent() != null) {
			health.withDetail("lastEvent", activity.lastEvent());
		}
		if (activity.lastErrorAt() != null && activity.lastError() != null) {
			health.withDetail("lastErrorAt", activity.lastErrorAt()).withDetail("lastError", activity.lastError());
		}
		if (source.lag() != null) {
			health.withDetail("lag", source.lag());
		}
		return health.withDetails(source.details()).build();
	}

}
