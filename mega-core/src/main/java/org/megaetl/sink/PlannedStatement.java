package org.megaetl.sink;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.RawSql;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

/**
 * A statement as it would be sent to the database, to be shown to a person. The sink puts
 * the rows of many events into one statement where it can; this is what one event alone
 * would need.
 *
 * @param sql the text, with a {@code ?} for each value
 * @param values the values that are bound, in the order of the placeholders
 */
public record PlannedStatement(String sql, List<@Nullable Object> values) {

	public PlannedStatement {
		values = Collections.unmodifiableList(new ArrayList<>(values));
	}

	/**
	 * Plans statements. Rows of one shape that follow each other share a statement.
	 * @param statements what a transformer returned
	 * @return what would be sent, in this order
	 * @throws IllegalArgumentException if a name cannot be one of a table or column
	 * @throws IllegalStateException if a row cannot be written, such as one without
	 * columns
	 */
	public static List<PlannedStatement> of(List<? extends SqlStatement> statements) {
		List<PlannedStatement> planned = new ArrayList<>();
		for (int i = 0; i < statements.size(); i++) {
			if (!(statements.get(i) instanceof Row shape)) {
				RawSql raw = (RawSql) statements.get(i);
				planned.add(new PlannedStatement(raw.sql(), raw.args()));
				continue;
			}
			List<@Nullable Object> values = new ArrayList<>(shape.values());
			int from = i;
			while (i + 1 < statements.size() && statements.get(i + 1) instanceof Row next && shape.hasShapeOf(next)) {
				values.addAll(next.values());
				i++;
			}
			planned.add(new PlannedStatement(RowSql.render(shape, i + 1 - from), values));
		}
		return planned;
	}

}
