package org.megaetl.connector.ethereum;

import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RangeSize}.
 */
class RangeSizeTests {

	private final RangeSize range = new RangeSize(1000, 10_000_000);

	@Test
	void growsWhileThatWorksButNotBeyondItsMaximum() {
		int before = this.range.current();
		this.range.succeeded(before, 10, 10);
		assertThat(this.range.current()).isGreaterThan(before);
		for (int i = 0; i < 100; i++) {
			this.range.succeeded(this.range.current(), 10, 10);
		}
		assertThat(this.range.current()).isEqualTo(1000);
	}

	@Test
	void doesNotGrowForARangeThatWasSmaller() {
		int before = this.range.current();
		this.range.succeeded(before - 1, 10, 10);
		assertThat(this.range.current()).isEqualTo(before);
	}

	@Test
	void shrinksToWhatIsSuggestedIfThatShrinks() {
		this.range.refused(20, OptionalLong.of(7));
		assertThat(this.range.current()).isEqualTo(7);
	}

	@Test
	void halvesWhereTheSuggestionIsWhatWasAskedFor() {
		this.range.refused(20, OptionalLong.of(20));
		assertThat(this.range.current()).isEqualTo(10);
		this.range.refused(10, OptionalLong.of(5000));
		assertThat(this.range.current()).isEqualTo(5);
		this.range.refused(5, OptionalLong.empty());
		this.range.refused(2, OptionalLong.empty());
		this.range.refused(1, OptionalLong.empty());
		assertThat(this.range.current()).isEqualTo(1);
	}

	@Test
	void shrinksWhereMuchComesBack() {
		this.range.succeeded(20, 40_000, 10);
		assertThat(this.range.current()).isEqualTo(5);
	}

	@Test
	void comesToRestBelowWhatWasRefusedAndTriesMoreAfterAWhile() {
		this.range.refused(20, OptionalLong.empty());
		for (int i = 0; i < 10; i++) {
			this.range.succeeded(this.range.current(), 10, 10);
		}
		assertThat(this.range.current()).isEqualTo(15);
		for (int i = 0; i < 60; i++) {
			this.range.succeeded(this.range.current(), 10, 10);
		}
		assertThat(this.range.current()).isGreaterThan(20);
	}

	@Test
	void shrinksWhereWhatComesBackIsLarge() {
		this.range.succeeded(20, 10, 40_000_000);
		assertThat(this.range.current()).isEqualTo(5);
	}

	@Test
	void doesNotGrowToWhatWouldBeTooLarge() {
		this.range.succeeded(20, 10, 6_000_000);
		assertThat(this.range.current()).isEqualTo(20);
	}

}
