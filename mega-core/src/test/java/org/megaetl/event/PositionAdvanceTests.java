package org.megaetl.event;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.sql.SqlStatement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PositionAdvance}.
 */
class PositionAdvanceTests {

	@Test
	void itsFirstPartTakesTheStatementsAndTheDeadLetters() {
		List<SqlStatement> statements = List.of(SqlStatement.of("DELETE FROM item"));
		PositionAdvance whole = new PositionAdvance("a", "0", "9", 3, statements).deletingDeadLetters(List.of(7L));
		assertThat(whole.upTo("4")).isEqualTo(new PositionAdvance("a", "0", "4", 3, statements, List.of(7L)));
		assertThat(whole.after("4")).isEqualTo(new PositionAdvance("a", "4", "9", 3));
		assertThat(whole.upTo("4").and(whole.after("4"))).isEqualTo(whole);
	}

}
