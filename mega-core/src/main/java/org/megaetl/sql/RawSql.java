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
		args = Collections.unmodifiableList(new ArrayList<>(args));
	}

}
