package org.megaetl.sql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A statement in SQL text of the user's own. The engine never moves another statement
 * across it.
 *
 * @param sql one SQL statement with a {@code ?} for each value
 * @param args the values, in the order of the placeholders; {@code null} is SQL's NULL
 */
public record RawSql(String sql, List<@Nullable Object> args) implements SqlStatement {

	public RawSql {
		Assert.hasText(sql, "'sql' must not be empty");
		for (Object arg : args) {
			if (isNoNumber(arg)) {
				throw new IllegalArgumentException(
						"'" + sql + "' is given " + arg + ", a number that no database stores");
			}
		}
		args = Collections.unmodifiableList(new ArrayList<>(args));
	}

	/**
	 * Returns whether a value is infinite or not a number. Drivers write such a one into
	 * the text of a statement as it is, where the database takes it for the name of a
	 * column, as if the table were wrong and not the event.
	 */
	static boolean isNoNumber(@Nullable Object value) {
		return (value instanceof Double number && !Double.isFinite(number))
				|| (value instanceof Float fraction && !Float.isFinite(fraction));
	}

}
