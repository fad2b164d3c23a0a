package org.megaetl.sql;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SqlStatement} and {@link RawSql}.
 */
class SqlStatementTests {

	@Test
	void keepsItsValuesWhenTheArrayChanges() {
		Object[] args = { 1, null };
		RawSql statement = (RawSql) SqlStatement.of("INSERT INTO item VALUES (?, ?)", args);
		args[0] = 2;
		assertThat(statement.args()).containsExactly(1, null);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> statement.args().clear());
	}

	@Test
	void refusesAnEmptyText() {
		assertThatIllegalArgumentException().isThrownBy(() -> SqlStatement.of(" ")).withMessageContaining("sql");
	}

}
