package org.megaetl.pipeline;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.ReplayResult;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.sql.RawSql;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

/**
 * Tells a person what a dead letter's replay would execute.
 */
final class StatementPreview {

	private static final int MAX_VALUE_LENGTH = 200;

	private StatementPreview() {
	}

	static ReplayResult of(PendingEvent pending) {
		long id = Objects.requireNonNull(pending.letter());
		Throwable refusal = pending.refusal();
		if (refusal != null) {
			return new ReplayResult(id, Outcome.FAILED, FailureMessage.of(refusal));
		}
		List<? extends SqlStatement> statements = pending.statements();
		if (statements == null) {
			return new ReplayResult(id, Outcome.WRITTEN,
					"The transformer writes by itself: what, is known only when it does");
		}
		return new ReplayResult(id, statements.isEmpty() ? Outcome.SKIPPED : Outcome.WRITTEN, null,
				statements.stream().map(StatementPreview::describe).toList());
	}

	private static String describe(SqlStatement statement) {
		if (statement instanceof RawSql raw) {
			return raw.sql() + " " + raw.args().stream().map(StatementPreview::value).toList();
		}
		Row row = (Row) statement;
		Iterator<@Nullable Object> values = row.values().iterator();
		return row.mode() + " " + row.table()
				+ row.columns()
					.stream()
					.map((column) -> column + "=" + value(values.next()))
					.collect(Collectors.joining(", ", " (", ")"));
	}

	private static String value(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return bytes.length + " bytes";
		}
		String text = String.valueOf(value);
		return (text.length() <= MAX_VALUE_LENGTH) ? text : text.substring(0, MAX_VALUE_LENGTH - 1) + "…";
	}

}
