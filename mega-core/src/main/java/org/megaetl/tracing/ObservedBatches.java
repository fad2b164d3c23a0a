package org.megaetl.tracing;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.megaetl.event.Event;
import org.megaetl.pipeline.BatchObserver;
import org.megaetl.pipeline.PipelineName;

/**
 * {@link BatchObserver} that makes an {@link Observation} of each batch.
 */
class ObservedBatches implements BatchObserver {

	private final ObservationRegistry observations;

	ObservedBatches(ObservationRegistry observations) {
		this.observations = observations;
	}

	@Override
	public Observed begin(PipelineName pipeline, List<Event> events) {
		Observation observation = Observation
			.createNotStarted("mega.batch", () -> new BatchContext(events), this.observations)
			.contextualName("batch " + pipeline)
			.lowCardinalityKeyValue("pipeline", pipeline.toString())
			.highCardinalityKeyValue("mega.events", Integer.toString(events.size()))
			.start();
		Observation.Scope scope = observation.openScope();
		return new Observed() {

			@Override
			public void failed(Throwable failure) {
				observation.error(failure);
			}

			@Override
			public void close() {
				scope.close();
				observation.stop();
			}

		};
	}

}
