package org.megaetl.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.util.Assert;

/**
 * What a pull source read in one go: events in order, and how far they move it. The two
 * need not match, as a source may have gaps; a batch without events still moves.
 *
 * @param events the events, in the order to write them
 * @param advances at most one per part of the source; none for a source that is
 * acknowledged event by event
 */
public record EventBatch(List<Event> events, List<PositionAdvance> advances) {

	public EventBatch {
		events = List.copyOf(events);
		advances = List.copyOf(advances);
	}

	/**
	 * Splits the batch so that its first part can be committed on its own.
	 * @param size the number of events of the first part
	 * @return the two parts; the first moves each part of the source to behind its last
	 * event there, the second moves on from there
	 */
	public List<EventBatch> split(int size) {
		Assert.isTrue(size > 0 && size < this.events.size(),
				() -> "Cannot split " + this.events.size() + " events after " + size);
		List<Event> head = this.events.subList(0, size);
		Map<String, String> reached = new LinkedHashMap<>();
		for (Event event : head) {
			SourcePosition position = event.position();
			if (position != null) {
				reached.put(position.key(), position.next());
			}
		}
		List<PositionAdvance> first = new ArrayList<>();
		List<PositionAdvance> second = new ArrayList<>();
		for (PositionAdvance advance : this.advances) {
			String middle = reached.get(advance.key());
			if (middle == null) {
				second.add(advance);
				continue;
			}
			first.add(advance.upTo(middle));
			if (!middle.equals(advance.to())) {
				second.add(advance.after(middle));
			}
		}
		return List.of(new EventBatch(head, first),
				new EventBatch(this.events.subList(size, this.events.size()), second));
	}

}
