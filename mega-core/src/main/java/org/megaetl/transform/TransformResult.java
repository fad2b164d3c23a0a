package org.megaetl.transform;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.SqlStatement;

/**
 * What became of one event of several that were transformed together.
 *
 * @param statements the statements to execute in this order, all or none of them; empty
 * to skip the event, and if it is refused
 * @param refusal why the event cannot be transformed, or {@code null} if it was
 */
public record TransformResult(List<? extends SqlStatement> statements, @Nullable Exception refusal) {

	public TransformResult {
		statements = List.copyOf(statements);
	}

	/**
	 * The event was transformed.
	 * @param statements the statements, or an empty list to skip it
	 * @return the result
	 */
	public static TransformResult of(List<? extends SqlStatement> statements) {
		return new TransformResult(statements, null);
	}

	/**
	 * The event is refused.
	 * @param refusal why
	 * @return the result
	 */
	public static TransformResult refused(Exception refusal) {
		return new TransformResult(List.of(), refusal);
	}

}
