package org.megaetl.event;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventBatch}.
 */
class EventBatchTests {

	@RepeatedTest(200)
	void positionsOfThePartsChain(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		EventBatch batch = batch(random);
		List<EventBatch> parts = new ArrayList<>();
		splitFully(batch, random, parts);
		assertThat(parts.stream().flatMap((part) -> part.events().stream())).containsExactlyElementsOf(batch.events());
		Map<String, String> reached = new LinkedHashMap<>();
		batch.advances().forEach((advance) -> reached.put(advance.key(), advance.from()));
		for (EventBatch part : parts) {
			Set<String> keys = new HashSet<>();
			for (PositionAdvance advance : part.advances()) {
				assertThat(keys.add(advance.key())).as("at most one advance of " + advance.key()).isTrue();
				assertThat(advance.from()).isEqualTo(reached.put(advance.key(), advance.to()))
					.isNotEqualTo(advance.to());
			}
			// never beyond an event that is not yet committed, nor short of one that is
			for (Event event : part.events()) {
				SourcePosition position = event.position();
				if (position != null) {
					assertThat(Long.parseLong(reached.get(position.key())))
						.isGreaterThanOrEqualTo(Long.parseLong(position.next()));
				}
			}
			for (Event event : after(part, parts)) {
				SourcePosition position = event.position();
				if (position != null) {
					assertThat(Long.parseLong(reached.get(position.key())))
						.isLessThanOrEqualTo(Long.parseLong(position.value()));
				}
			}
		}
		batch.advances().forEach((advance) -> assertThat(reached).containsEntry(advance.key(), advance.to()));
	}

	@Test
	void aKeyWithoutEventsMovesWithTheSecondPart() {
		PositionAdvance idle = new PositionAdvance("idle", "7", "9", 1);
		EventBatch batch = new EventBatch(List.of(event("a", 1), event("a", 2)),
				List.of(new PositionAdvance("a", "1", "3", 1), idle));
		List<EventBatch> parts = batch.split(1);
		assertThat(parts.get(0).advances()).containsExactly(new PositionAdvance("a", "1", "2", 1));
		assertThat(parts.get(1).advances()).containsExactly(new PositionAdvance("a", "2", "3", 1), idle);
	}

	@Test
	void aGapBehindTheLastEventIsCrossedByTheSecondPart() {
		EventBatch batch = new EventBatch(List.of(event("a", 1), event("b", 1)),
				List.of(new PositionAdvance("a", "0", "9", 1), new PositionAdvance("b", "0", "2", 1)));
		List<EventBatch> parts = batch.split(1);
		assertThat(parts.get(0).advances()).containsExactly(new PositionAdvance("a", "0", "2", 1));
		assertThat(parts.get(1).advances()).containsExactly(new PositionAdvance("a", "2", "9", 1),
				new PositionAdvance("b", "0", "2", 1));
	}

	@Test
	void refusesAnEmptyPart() {
		EventBatch batch = new EventBatch(List.of(event("a", 1), event("a", 2)), List.of());
		assertThatIllegalArgumentException().isThrownBy(() -> batch.split(0));
		assertThatIllegalArgumentException().isThrownBy(() -> batch.split(2)).withMessageContaining("2 events after 2");
	}

	private static List<Event> after(EventBatch part, List<EventBatch> parts) {
		return parts.subList(parts.indexOf(part) + 1, parts.size())
			.stream()
			.flatMap((later) -> later.events().stream())
			.toList();
	}

	private static void splitFully(EventBatch batch, Random random, List<EventBatch> parts) {
		if (batch.events().size() < 2 || random.nextInt(8) == 0) {
			parts.add(batch);
			return;
		}
		batch.split(1 + random.nextInt(batch.events().size() - 1)).forEach((part) -> splitFully(part, random, parts));
	}

	private static EventBatch batch(Random random) {
		List<String> keys = List.of("a", "b", "c", "d").subList(0, 1 + random.nextInt(4));
		Map<String, Long> next = new LinkedHashMap<>();
		Map<String, Long> start = new LinkedHashMap<>();
		for (String key : keys) {
			start.put(key, (long) random.nextInt(100));
			next.put(key, start.get(key));
		}
		List<Event> events = new ArrayList<>();
		int count = 2 + random.nextInt(20);
		for (int i = 0; i < count; i++) {
			if (random.nextInt(6) == 0) {
				events.add(Event.from("test.events", new byte[0]).build());
				continue;
			}
			String key = keys.get(random.nextInt(keys.size()));
			long offset = next.get(key) + random.nextInt(3);
			events.add(event(key, offset));
			next.put(key, offset + 1);
		}
		List<PositionAdvance> advances = new ArrayList<>();
		for (String key : keys) {
			long to = next.get(key) + random.nextInt(3);
			if (to > start.get(key)) {
				advances.add(new PositionAdvance(key, start.get(key).toString(), Long.toString(to), 1));
			}
		}
		return new EventBatch(events, advances);
	}

	private static Event event(String key, long offset) {
		return Event.from("test.events", new byte[0])
			.position(SourcePosition.of(key, Long.toString(offset), Long.toString(offset + 1)))
			.build();
	}

}
