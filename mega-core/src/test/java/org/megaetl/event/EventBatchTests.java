package org.megaetl.event;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventBatch}.
 */
class EventBatchTests {

	private final Event event = Event.from("test.events", new byte[0])
		.position(SourcePosition.of("a", "1", "2"))
		.build();

	@Test
	void refusesAnEventWhosePositionIsNotMoved() {
		PositionAdvance other = new PositionAdvance("b", "1", "2", 1);
		assertThatIllegalArgumentException().isThrownBy(() -> new EventBatch(List.of(this.event), List.of(other)))
			.withMessageContaining("'a'")
			.withMessageContaining("[b]");
		assertThatIllegalArgumentException().isThrownBy(() -> new EventBatch(List.of(this.event), List.of()));
	}

	@Test
	void takesEventsWithoutPositionsAndMovesWithoutEvents() {
		PositionAdvance advance = new PositionAdvance("a", "1", "2", 1);
		assertThat(new EventBatch(List.of(this.event, Event.from("test.events", new byte[0]).build()),
				List.of(advance, new PositionAdvance("b", "1", "2", 1)))
			.events()).hasSize(2);
	}

}
