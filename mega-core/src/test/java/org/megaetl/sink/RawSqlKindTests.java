package org.megaetl.sink;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RawSqlKind}.
 */
class RawSqlKindTests {

	@ParameterizedTest
	@ValueSource(strings = { "INSERT INTO t VALUES (1)", "\n\tupdate t SET a = 1", "-- why\nDELETE FROM t",
			"/* why */ REPLACE INTO t VALUES (1)", "--\nSELECT 1", "/*Mine*/ SELECT 1", "(SELECT 1)",
			"# why\nWITH x AS (SELECT 1) SELECT 1" })
	void knowsWhatOnlyChangesRows(String sql) {
		assertThat(RawSqlKind.of(sql)).isEqualTo(RawSqlKind.CHANGING_ROWS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CREATE TABLE t (a INT)", " truncate t", "/* x */ DROP TABLE t", "COMMIT", "rollback",
			"--\nCREATE TABLE t AS\nSELECT 1", "-- x\n--\n--\t\nDROP TABLE t\n" })
	void knowsWhatEndsTheTransaction(String sql) {
		assertThat(RawSqlKind.of(sql)).isEqualTo(RawSqlKind.COMMITTING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CALL p()", "SET @a = 1", "/*! COMMIT */", "/*!50000 CREATE TABLE t AS */ SELECT 1",
			"/*M! CREATE TABLE t AS */ SELECT 1", "/*M!100100 COMMIT */", "INSERT INTO t VALUES (1); COMMIT",
			"LOAD DATA INFILE 'x' INTO TABLE t", "?" })
	void doesNotGuess(String sql) {
		assertThat(RawSqlKind.of(sql)).isEqualTo(RawSqlKind.OTHER);
	}

}
