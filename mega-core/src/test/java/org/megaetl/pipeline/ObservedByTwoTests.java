package org.megaetl.pipeline;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.BatchObserver.Observed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ObservedByTwo}.
 */
class ObservedByTwoTests {

	private static final PipelineName NAME = new PipelineName("test", "orders");

	private final List<String> told = new ArrayList<>();

	@Test
	void nestsWhatTheTwoAreTold() {
		Observed observed = ObservedByTwo.begin(observer("outer"), observer("inner"), NAME, List.of());
		observed.failed(new IllegalStateException("no"));
		observed.close();
		assertThat(this.told).containsExactly("outer begins", "inner begins", "inner failed", "outer failed",
				"inner ends", "outer ends");
	}

	@Test
	void tellsTheFirstOfTheEndAlsoWhereTheSecondFails() {
		BatchObserver failing = (pipeline, events) -> () -> {
			throw new IllegalStateException("no");
		};
		Observed observed = ObservedByTwo.begin(observer("outer"), failing, NAME, List.of());
		assertThatIllegalStateException().isThrownBy(observed::close);
		assertThatIllegalStateException()
			.isThrownBy(() -> ObservedByTwo.begin(observer("outer"), (pipeline, events) -> {
				throw new IllegalStateException("no");
			}, NAME, List.of()));
		assertThat(this.told).containsExactly("outer begins", "outer ends", "outer begins", "outer ends");
	}

	private BatchObserver observer(String name) {
		return (pipeline, events) -> {
			this.told.add(name + " begins");
			return new Observed() {

				@Override
				public void failed(Throwable failure) {
					ObservedByTwoTests.this.told.add(name + " failed");
				}

				@Override
				public void close() {
					ObservedByTwoTests.this.told.add(name + " ends");
				}

			};
		};
	}

}
