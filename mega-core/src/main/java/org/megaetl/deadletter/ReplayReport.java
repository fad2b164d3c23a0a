package org.megaetl.deadletter;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.ReplayResult.Outcome;

/**
 * What a replay did.
 *
 * @param results what became of each dead letter, in the order they were tried
 * @param interruption why the replay ended before its time, or {@code null} if it did
 * not; what it had done by then stays done
 * @param complete whether every dead letter that was asked for was tried; if not, replay
 * again for the rest
 */
public record ReplayReport(List<ReplayResult> results, @Nullable String interruption, boolean complete) {

	/**
	 * Returns how many dead letters had an outcome.
	 * @param outcome the outcome
	 * @return their number
	 */
	public long count(Outcome outcome) {
		return this.results.stream().filter((result) -> result.outcome() == outcome).count();
	}

}
