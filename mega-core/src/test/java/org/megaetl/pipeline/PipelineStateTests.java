package org.megaetl.pipeline;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PipelineState}.
 */
class PipelineStateTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			STARTING | RUNNING FAILED STOPPED
			STOPPED  | RUNNING
			RUNNING  | STOPPED PAUSED RETRYING FAILED
			PAUSED   | STOPPED RUNNING FAILED
			RETRYING | STOPPED RUNNING PAUSED FAILED
			FAILED   | STOPPED RUNNING
			""")
	void allowsTheseChangesAndNoOther(PipelineState state, String next) {
		for (PipelineState candidate : PipelineState.values()) {
			assertThat(state.canBecome(candidate)).as(state + " to " + candidate)
				.isEqualTo(next.contains(candidate.name()));
		}
	}

}
