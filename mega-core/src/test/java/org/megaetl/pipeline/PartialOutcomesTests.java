package org.megaetl.pipeline;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.EventOutcome.Displaced;
import org.megaetl.pipeline.EventOutcome.Skipped;
import org.megaetl.pipeline.EventOutcome.Written;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PartialOutcomes}.
 */
class PartialOutcomesTests {

	@Test
	void whatIsLostInOnePartIsLostInThoseThatFollow() {
		PendingEvent written = event("a", 1);
		PendingEvent lost = event("a", 2);
		PendingEvent other = event("b", 1);
		PartialOutcomes outcomes = new PartialOutcomes(Set.of());
		Batch first = batch(written);
		assertThat(outcomes.remaining(first)).isSameAs(first);
		outcomes.add(first, new DeliveryResult(List.of(new Written()), Set.of("a")));
		Batch remaining = outcomes.remaining(batch(lost, other));
		assertThat(remaining.events()).containsExactly(other);
		assertThat(remaining.advances()).extracting(PositionAdvance::key).containsExactly("b");
		outcomes.add(remaining, new DeliveryResult(List.of(new Skipped()), Set.of()));
		assertThat(outcomes.of(batch(written, lost, other)))
			.isEqualTo(new DeliveryResult(List.of(new Written(), new Displaced("a"), new Skipped()), Set.of("a")));
	}

	@Test
	void equalEventsMayFareDifferently() {
		Event event = event("a", 1).event();
		PendingEvent one = new PendingEvent(event, List.of(), null);
		PendingEvent twin = new PendingEvent(event, List.of(), null);
		PartialOutcomes outcomes = new PartialOutcomes(Set.of("b"));
		outcomes.add(batch(twin), new DeliveryResult(List.of(new Written()), Set.of()));
		outcomes.add(batch(one), new DeliveryResult(List.of(new Skipped()), Set.of()));
		assertThat(outcomes.of(batch(one, twin)))
			.isEqualTo(new DeliveryResult(List.of(new Skipped(), new Written()), Set.of("b")));
	}

	private static Batch batch(PendingEvent... events) {
		return new Batch(List.of(events),
				List.of(new PositionAdvance("a", "1", "3", 1), new PositionAdvance("b", "1", "3", 1)), "pull/1",
				BatchToken.random());
	}

	private static PendingEvent event(String key, int offset) {
		return new PendingEvent(Event.from("test.events", new byte[0])
			.position(SourcePosition.of(key, Integer.toString(offset), Integer.toString(offset + 1)))
			.build(), List.of(), null);
	}

}
