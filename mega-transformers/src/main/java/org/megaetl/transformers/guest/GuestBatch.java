package org.megaetl.transformers.guest;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.TransformerBatch;

/**
 * Hands the events of one batch to instances of one program, even if that is replaced
 * meanwhile.
 */
final class GuestBatch implements TransformerBatch {

	private static final int MOST_EVENTS = 100;

	/** Of payloads in one call, which must find room in the guest's memory. */
	private static final int MOST_BYTES = 256 * 1024;

	private final GuestInstances instances;

	private final GuestRows rows;

	GuestBatch(GuestInstances instances, GuestRows rows) {
		this.instances = instances;
		this.rows = rows;
		instances.open();
	}

	@Override
	public List<Row> transform(Event event) throws Exception {
		return read(this.instances.call(event.source(),
				(instance, next) -> instance.transform(List.of(event), next).get(0)));
	}

	@Override
	public int maxEvents() {
		return this.instances.takeSeveralEvents() ? MOST_EVENTS : 1;
	}

	/**
	 * Where all events of a call into the guest share the time of one, usual ones need
	 * far less: those that take longer are tried again alone.
	 */
	@Override
	public List<TransformResult> transform(List<Event> events, Runnable nextEvent) throws Exception {
		List<TransformResult> results = new ArrayList<>(events.size());
		while (results.size() < events.size()) {
			List<Event> taken = first(events.subList(results.size(), events.size()));
			for (GuestOutput output : this.instances.call(taken.get(0).source(),
					(instance, nextOfTimer) -> instance.transform(taken, () -> {
						nextOfTimer.run();
						nextEvent.run();
					}))) {
				results.add(result(output));
			}
			nextEvent.run();
		}
		return results;
	}

	private static List<Event> first(List<Event> events) {
		String pipeline = events.get(0).source();
		int count = 0;
		long bytes = 0;
		while (count < events.size() && events.get(count).source().equals(pipeline)) {
			bytes += events.get(count).payload().length;
			if (bytes > MOST_BYTES && count > 0) {
				break;
			}
			count++;
		}
		return events.subList(0, count);
	}

	private TransformResult result(GuestOutput output) {
		try {
			return TransformResult.of(read(output));
		}
		catch (RuntimeException ex) {
			return TransformResult.refused(ex);
		}
	}

	private List<Row> read(GuestOutput output) {
		if (output.refusal() != null) {
			throw new GuestRefusalException(output.refusal());
		}
		return (output.tree() != null) ? this.rows.rows(output.tree()) : this.rows.read(output.json());
	}

	@Override
	public void close() {
		this.instances.release();
	}

}
