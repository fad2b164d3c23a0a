package org.megaetl.sql;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * One statement of a transformer's answer: a {@link Row}, which the engine may batch with
 * other rows, or SQL text of the user's own, executed exactly where it stands. Either way
 * values are bound, never part of the text.
 */
public sealed interface SqlStatement permits RawSql, Row {

	/**
	 * Returns a statement of the given text.
	 * @param sql one SQL statement with a {@code ?} for each value
	 * @param args the values, in the order of the placeholders; {@code null} is SQL's
	 * NULL
	 * @return the statement
	 */
	static SqlStatement of(String sql, @Nullable Object... args) {
		return new RawSql(sql, Arrays.asList(args));
	}

}
