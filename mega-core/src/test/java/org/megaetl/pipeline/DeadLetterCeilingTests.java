package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.PipelineOptions.Ceiling;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadLetterCeiling}.
 */
class DeadLetterCeilingTests {

	@Test
	void countsDeadLettersInARowAcrossBatches() {
		DeadLetterCeiling ceiling = new DeadLetterCeiling(new Ceiling(3, 0, 1000));
		assertThat(ceiling.check(outcomes("xx.xx"))).isNull();
		assertThat(ceiling.check(outcomes("x"))).startsWith("the last 3 events in a row became dead letters")
			.contains("bad");
	}

	@Test
	void startsAnewOnceItWasReached() {
		DeadLetterCeiling ceiling = new DeadLetterCeiling(new Ceiling(3, 0, 1000));
		assertThat(ceiling.check(outcomes("xxx"))).isNotNull();
		assertThat(ceiling.check(outcomes("xx"))).isNull();
		assertThat(ceiling.check(outcomes("x"))).isNotNull();
	}

	@Test
	void takesThePercentageOverEachWindow() {
		DeadLetterCeiling ceiling = new DeadLetterCeiling(new Ceiling(0, 50, 4));
		assertThat(ceiling.check(outcomes("xxx"))).isNull();
		assertThat(ceiling.check(outcomes("."))).startsWith("3 of the last 4 events became dead letters");
		assertThat(ceiling.check(outcomes("x...x...x..."))).isNull();
		assertThat(ceiling.check(outcomes("x.x."))).startsWith("2 of the last 4 events");
	}

	@Test
	void takesAnyNumberWhereNoLimitIsSet() {
		assertThat(new DeadLetterCeiling(new Ceiling(0, 0, 2)).check(outcomes("x".repeat(10_000)))).isNull();
	}

	private static List<EventOutcome> outcomes(String text) {
		List<EventOutcome> outcomes = new ArrayList<>();
		text.chars()
			.forEach((outcome) -> outcomes
				.add((outcome == 'x') ? new EventOutcome.DeadLettered(1, "bad") : new EventOutcome.Written()));
		return outcomes;
	}

}
