package org.megaetl.pipeline;

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
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Batch#split()} and {@link Batch#around(Set)}.
 */
class BatchSplitTests {

	@RepeatedTest(200)
	void positionsOfThePartsChain(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		Batch batch = batch(random);
		List<Batch> parts = new ArrayList<>();
		splitFully(batch, random, parts);
		assertThat(parts.stream().flatMap((part) -> events(part).stream())).containsExactlyElementsOf(events(batch));
		Map<String, String> reached = new LinkedHashMap<>();
		batch.advances().forEach((advance) -> reached.put(advance.key(), advance.from()));
		for (Batch part : parts) {
			Set<String> keys = new HashSet<>();
			for (PositionAdvance advance : part.advances()) {
				assertThat(keys.add(advance.key())).as("at most one advance of " + advance.key()).isTrue();
				assertThat(advance.from()).isEqualTo(reached.put(advance.key(), advance.to()))
					.isNotEqualTo(advance.to());
			}
			// never beyond an event that is not yet committed, nor short of one that is
			for (Event event : events(part)) {
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
		Batch batch = batch(List.of(event("a", 1), event("a", 2)),
				List.of(new PositionAdvance("a", "1", "3", 1), idle));
		List<Batch> parts = batch.split();
		assertThat(parts.get(0).advances()).containsExactly(new PositionAdvance("a", "1", "2", 1));
		assertThat(parts.get(1).advances()).containsExactly(new PositionAdvance("a", "2", "3", 1), idle);
	}

	@Test
	void aGapBehindTheLastEventIsCrossedByTheSecondPart() {
		Batch batch = batch(List.of(event("a", 1), event("b", 1)),
				List.of(new PositionAdvance("a", "0", "9", 1), new PositionAdvance("b", "0", "2", 1)));
		List<Batch> parts = batch.split();
		assertThat(parts.get(0).advances()).containsExactly(new PositionAdvance("a", "0", "2", 1));
		assertThat(parts.get(1).advances()).containsExactly(new PositionAdvance("a", "2", "9", 1),
				new PositionAdvance("b", "0", "2", 1));
	}

	@Test
	void eventsThatShareAPositionStayTogether() {
		List<Event> events = List.of(event("a", 1), event("a", 2), event("a", 2), event("a", 2), event("a", 2));
		Batch batch = batch(events, List.of(new PositionAdvance("a", "1", "3", 1)));
		assertThat(batch.split()).extracting((part) -> part.events().size()).containsExactly(1, 4);
		assertThat(batch.split().get(1).split()).hasSize(1);
		assertThat(batch.around(Set.of(events.get(3)))).extracting((part) -> part.events().size())
			.containsExactly(1, 4);
	}

	@Test
	void whatWaitsIsNotPassedOverWherePositionsMove() {
		List<Event> events = List.of(event("a", 1), event("a", 2), event("a", 3));
		List<PositionAdvance> advances = List.of(new PositionAdvance("a", "1", "4", 1));
		assertThat(batch(events, advances).around(Set.of(events.get(0)))).hasSize(1);
		assertThat(batch(events, advances).around(Set.of(events.get(1)))).extracting(BatchSplitTests::events)
			.containsExactly(events.subList(0, 1), events.subList(1, 3));
		assertThat(batch(events, List.of()).around(Set.of(events.get(1)))).extracting(BatchSplitTests::events)
			.containsExactly(List.of(events.get(0), events.get(2)), events.subList(1, 2));
		assertThat(batch(events, List.of()).around(Set.copyOf(events))).hasSize(1);
	}

	private static List<Event> events(Batch batch) {
		return batch.events().stream().map(PendingEvent::event).toList();
	}

	private static Batch batch(List<Event> events, List<PositionAdvance> advances) {
		return new Batch(events.stream().map((event) -> new PendingEvent(event, List.of(), null)).toList(), advances,
				"pull/1", BatchToken.random());
	}

	private static List<Event> after(Batch part, List<Batch> parts) {
		return parts.subList(parts.indexOf(part) + 1, parts.size())
			.stream()
			.flatMap((later) -> events(later).stream())
			.toList();
	}

	private static void splitFully(Batch batch, Random random, List<Batch> parts) {
		if (batch.events().size() < 2 || batch.advances().isEmpty() || random.nextInt(8) == 0) {
			parts.add(batch);
			return;
		}
		Event first = events(batch).get(1 + random.nextInt(batch.events().size() - 1));
		List<Batch> split = random.nextBoolean() ? batch.split() : batch.around(Set.of(first));
		if (split.size() == 1) {
			parts.add(batch);
		}
		else {
			split.forEach((part) -> splitFully(part, random, parts));
		}
	}

	private static Batch batch(Random random) {
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
			while (random.nextInt(4) == 0) {
				events.add(event(key, offset));
			}
			next.put(key, offset + 1);
		}
		List<PositionAdvance> advances = new ArrayList<>();
		for (String key : keys) {
			long to = next.get(key) + random.nextInt(3);
			if (to > start.get(key)) {
				advances.add(new PositionAdvance(key, start.get(key).toString(), Long.toString(to), 1));
			}
		}
		return batch(events, advances);
	}

	private static Event event(String key, long offset) {
		return Event.from("test.events", new byte[0])
			.position(SourcePosition.of(key, Long.toString(offset), Long.toString(offset + 1)))
			.build();
	}

}
