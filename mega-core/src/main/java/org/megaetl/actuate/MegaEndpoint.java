package org.megaetl.actuate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineActivity;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PipelineStatus;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.SourceStatus;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows what the pipelines do, pauses and resumes them.
 */
@Endpoint(id = "mega")
public final class MegaEndpoint {

	private final Pipelines pipelines;

	private final MeterRegistry meters;

	MegaEndpoint(Pipelines pipelines, MeterRegistry meters) {
		this.pipelines = pipelines;
		this.meters = meters;
	}

	@ReadOperation
	public PipelinesDescriptor pipelines() {
		Map<String, PipelineDescriptor> all = new LinkedHashMap<>();
		this.pipelines.all().forEach((pipeline) -> all.put(pipeline.name().toString(), describe(pipeline)));
		return new PipelinesDescriptor(all);
	}

	@ReadOperation
	public @Nullable PipelineDescriptor pipeline(@Selector String pipeline) {
		Pipeline found = PipelineNames.find(this.pipelines, pipeline);
		return (found != null) ? describe(found) : null;
	}

	/**
	 * Pauses or resumes a pipeline.
	 * @param pipeline the pipeline's name
	 * @param state what it is to become
	 * @return what it does now
	 */
	@WriteOperation
	public PipelineDescriptor change(@Selector String pipeline, TargetState state) {
		Pipeline found = PipelineNames.require(this.pipelines, pipeline);
		try {
			if (state == TargetState.PAUSED) {
				found.pause();
			}
			else {
				found.resume();
			}
		}
		catch (IllegalStateException ex) {
			throw Refusal.of(ex);
		}
		return describe(found);
	}

	private PipelineDescriptor describe(Pipeline pipeline) {
		PipelineStatus status = pipeline.status();
		SourceStatus source = pipeline.source();
		Map<String, Long> events = new TreeMap<>();
		for (Counter counter : this.meters.find("mega.events").tag("pipeline", pipeline.name().toString()).counters()) {
			String outcome = counter.getId().getTag("outcome");
			if (outcome != null) {
				events.put(outcome, (long) counter.count());
			}
		}
		PipelineActivity activity = pipeline.activity();
		return new PipelineDescriptor(status.state(), status.since(), status.reason(), status.attempts(),
				activity.lastEvent(), activity.lastErrorAt(), activity.lastError(), pipeline.transformer(), events,
				source.lag(), source.details());
	}

	/**
	 * What a pipeline can be told to become.
	 */
	public enum TargetState {

		/**
		 * Taking no events.
		 */
		PAUSED,

		/**
		 * Taking events.
		 */
		RUNNING

	}

	/**
	 * All pipelines.
	 *
	 * @param pipelines the pipelines by name
	 */
	public record PipelinesDescriptor(Map<String, PipelineDescriptor> pipelines) implements OperationResponseBody {

	}

	/**
	 * A pipeline.
	 *
	 * @param state what it is doing
	 * @param since when it began to
	 * @param reason why, or {@code null} if there is nothing to say
	 * @param attempts how often the database or the source was tried in vain since then
	 * @param lastEvent when events were last settled, or {@code null} if none were since
	 * the application started
	 * @param lastErrorAt when something went wrong last, or {@code null} if nothing has
	 * @param lastError what that was, or {@code null}
	 * @param transformer the name of its transformer
	 * @param events how many events it has had since the application started, by outcome
	 * @param lag how many events are waiting in the source, or {@code null} if that is
	 * not known
	 * @param source what else is known of the source
	 */
	public record PipelineDescriptor(PipelineState state, Instant since, @Nullable String reason, int attempts,
			@Nullable Instant lastEvent, @Nullable Instant lastErrorAt, @Nullable String lastError, String transformer,
			Map<String, Long> events, @Nullable Long lag, Map<String, Object> source) implements OperationResponseBody {

	}

}
