package org.megaetl.event;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.util.Assert;

/**
 * What a pull source read in one go: events in order, and how far they move it. The two
 * need not match, as a source may have gaps; a batch without events still moves.
 *
 * @param events the events, in the order to write them
 * @param advances at most one per part of the source; none for a source that is
 * acknowledged event by event, whose events have no positions
 */
public record EventBatch(List<Event> events, List<PositionAdvance> advances) {

	public EventBatch {
		events = List.copyOf(events);
		advances = List.copyOf(advances);
		Set<String> keys = advances.stream().map(PositionAdvance::key).collect(Collectors.toSet());
		for (Event event : events) {
			SourcePosition position = event.position();
			Assert.isTrue(position == null || keys.contains(position.key()),
					() -> event + " stands in part '" + Objects.requireNonNull(position).key()
							+ "' of its source, but the batch only moves " + keys
							+ ": it would be read again after a restart");
		}
	}

}
