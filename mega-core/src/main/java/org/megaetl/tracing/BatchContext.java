package org.megaetl.tracing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.micrometer.observation.Observation;
import org.megaetl.event.Event;

/**
 * The {@link Observation.Context} of a batch.
 */
public final class BatchContext extends Observation.Context {

	/** As many as OpenTelemetry keeps unless told otherwise. */
	private static final int MOST_SENDERS = 128;

	private static final String HEADER = "traceparent";

	private final Set<String> senders = new LinkedHashSet<>();

	BatchContext(List<Event> events) {
		for (Event event : events) {
			String sender = event.headers().first(HEADER);
			if (sender != null && this.senders.size() < MOST_SENDERS) {
				this.senders.add(sender);
			}
		}
	}

	/**
	 * Returns who sent the events of the batch, as far as they said so in the header
	 * {@code traceparent} of <a href="https://www.w3.org/TR/trace-context/">W3C Trace
	 * Context</a>.
	 * @return values of the header as received, each once, at most 128
	 */
	public Set<String> senders() {
		return this.senders;
	}

}
