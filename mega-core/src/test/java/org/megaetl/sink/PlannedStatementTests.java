package org.megaetl.sink;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PlannedStatement}.
 */
class PlannedStatementTests {

	@Test
	void putsRowsOfOneShapeIntoOneStatement() {
		assertThat(PlannedStatement.of(List.of(Row.insert("a").set("x", 1), Row.insert("a").set("x", null),
				Row.delete("a").key("x", 3), SqlStatement.of("UPDATE b SET c = ?", "d"))))
			.extracting(Object::toString)
			.containsExactly("PlannedStatement[sql=INSERT INTO `a` (`x`) VALUES (?),(?), values=[1, null]]",
					"PlannedStatement[sql=DELETE FROM `a` WHERE (`x` <=> ?), values=[3]]",
					"PlannedStatement[sql=UPDATE b SET c = ?, values=[d]]");
	}

}
