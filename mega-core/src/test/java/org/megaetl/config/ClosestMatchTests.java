package org.megaetl.config;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClosestMatch}.
 */
class ClosestMatchTests {

	@ParameterizedTest
	@CsvSource({ "order,orders", "odrers,orders", "ORDERS,orders", "orders,orders", "tranfer,transfer",
			"rewriteBatchStatements,rewriteBatchedStatements" })
	void findsTheNearest(String wrong, String expected) {
		assertThat(ClosestMatch.closest(wrong, List.of("transfer", "orders", "rewriteBatchedStatements")))
			.contains(expected);
	}

	@Test
	void findsNothingThatDiffersTooMuch() {
		assertThat(ClosestMatch.closest("inventory", List.of("orders", "transfer"))).isEmpty();
		assertThat(ClosestMatch.closest("anything", List.of())).isEmpty();
		assertThat(ClosestMatch.closest("", List.of("orders"))).isEmpty();
	}

	@Test
	void countsASwapOfNeighboursAsOneChange() {
		assertThat(ClosestMatch.closest("psot", List.of("post", "pilot"))).contains("post");
	}

	@Test
	void takesTheAlphabeticallyFirstOfEquallyNear() {
		assertThat(ClosestMatch.closest("order", List.of("orderz", "ordera"))).contains("ordera");
	}

}
