package org.megaetl.transformers.guest;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.transform.BatchTransformer;
import org.megaetl.transform.TransformResult;

/**
 * Hands several events at once to instances of a guest whose every call has its price.
 */
public final class BatchGuestTransformer extends GuestTransformer implements BatchTransformer {

	private static final int MOST_EVENTS = 100;

	/** Of payloads in one call, which must find room in the guest's memory. */
	private static final int MOST_BYTES = 256 * 1024;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @param program the guest, whose instances are {@link BatchGuestInstance}s
	 * @param timer ends calls that take too long
	 */
	public BatchGuestTransformer(GuestSettings settings, GuestProgram program, CallTimer timer) {
		super(settings, program, timer);
	}

	/**
	 * All events of the call share the time of one, as usual ones need far less: those
	 * that take longer are tried again alone.
	 */
	@Override
	public List<TransformResult> transform(List<Event> events) throws Exception {
		List<Event> taken = first(events);
		List<GuestOutput> outputs = call(taken.get(0).source(),
				(instance) -> ((BatchGuestInstance) instance).transform(taken));
		List<TransformResult> results = new ArrayList<>(outputs.size());
		for (GuestOutput output : outputs) {
			results.add(result(output));
		}
		return results;
	}

	private static List<Event> first(List<Event> events) {
		String pipeline = events.get(0).source();
		int count = 0;
		long bytes = 0;
		while (count < Math.min(events.size(), MOST_EVENTS) && events.get(count).source().equals(pipeline)) {
			bytes += events.get(count).payload().length;
			if (bytes > MOST_BYTES && count > 0) {
				break;
			}
			count++;
		}
		return events.subList(0, count);
	}

	private TransformResult result(GuestOutput output) {
		if (output.refusal() != null) {
			return TransformResult.refused(new GuestRefusalException(output.refusal()));
		}
		try {
			return TransformResult.of(rows(output.rows()));
		}
		catch (RuntimeException ex) {
			return TransformResult.refused(ex);
		}
	}

}
