package org.megaetl.deadletter;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What became of a dead letter that was to be replayed.
 *
 * @param id the dead letter
 * @param outcome what became of it
 * @param message why, where there is something to say, or {@code null}
 * @param statements in a dry run, the statements that would be executed, for a person
 */
public record ReplayResult(long id, Outcome outcome, @Nullable String message, List<String> statements) {

	/**
	 * Creates the result of a replay.
	 * @param id the dead letter
	 * @param outcome what became of it
	 * @param message why, or {@code null}
	 */
	public ReplayResult(long id, Outcome outcome, @Nullable String message) {
		this(id, outcome, message, List.of());
	}

	/**
	 * What can become of a replayed dead letter.
	 */
	public enum Outcome {

		/**
		 * Its rows are committed, and it is no dead letter any more; in a dry run, they
		 * would be tried.
		 */
		WRITTEN,

		/**
		 * The transformer returned no statement for it, and it is no dead letter any
		 * more.
		 */
		SKIPPED,

		/**
		 * It failed again and still is a dead letter.
		 */
		FAILED,

		/**
		 * It was replayed or discarded by somebody else.
		 */
		GONE,

		/**
		 * It cannot be replayed: its payload was not stored or is not that of an event,
		 * or its pipeline does not exist.
		 */
		IMPOSSIBLE

	}

}
