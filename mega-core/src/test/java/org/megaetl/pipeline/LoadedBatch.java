package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Batches that are large enough for their rows to be loaded.
 */
final class LoadedBatch {

	private LoadedBatch() {
	}

	/**
	 * Returns a batch of {@code test.pull}, of the stream {@code a}.
	 * @param first the position of the first event
	 */
	static EventBatch of(int first, List<String> payloads) {
		List<Event> events = new ArrayList<>();
		for (int i = 0; i < payloads.size(); i++) {
			events.add(Event.from("test.pull", payloads.get(i).getBytes(StandardCharsets.UTF_8))
				.position(SourcePosition.of("a", String.valueOf(first + i), String.valueOf(first + i + 1)))
				.build());
		}
		return new EventBatch(events,
				List.of(new PositionAdvance("a", String.valueOf(first), String.valueOf(first + payloads.size()), 1)));
	}

	/**
	 * Returns the ID of the connection that is loading rows.
	 */
	static Optional<Long> connection(JdbcClient jdbc) {
		return jdbc.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'LOAD DATA%'")
			.query(Long.class)
			.optional();
	}

}
