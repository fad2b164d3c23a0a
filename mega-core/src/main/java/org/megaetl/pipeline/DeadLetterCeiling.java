package org.megaetl.pipeline;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineOptions.Ceiling;

/**
 * Notices a pipeline that refuses everything, before a million dead letters are written
 * for one mistake.
 */
final class DeadLetterCeiling {

	private final Ceiling limits;

	private int inARow;

	private int seen;

	private int refused;

	DeadLetterCeiling(Ceiling limits) {
		this.limits = limits;
	}

	/**
	 * Counts the outcomes of a batch.
	 * @return why the pipeline should stop, or {@code null} if it should not
	 */
	synchronized @Nullable String check(List<EventOutcome> outcomes) {
		for (EventOutcome outcome : outcomes) {
			boolean deadLetter = outcome instanceof EventOutcome.DeadLettered;
			this.inARow = deadLetter ? this.inARow + 1 : 0;
			this.refused += deadLetter ? 1 : 0;
			this.seen++;
			if (this.limits.consecutive() > 0 && this.inARow >= this.limits.consecutive()) {
				String reason = "the last " + this.inARow + " events in a row became dead letters, the last because: "
						+ ((EventOutcome.DeadLettered) outcome).reason()
						+ ". Mend the cause, resume the pipeline, and replay them";
				reset();
				return reason;
			}
			if (this.seen >= this.limits.window()) {
				if (this.limits.percentage() > 0
						&& this.refused * 100L >= (long) this.limits.percentage() * this.seen) {
					String reason = this.refused + " of the last " + this.seen
							+ " events became dead letters. Mend the cause, resume the pipeline, and replay them";
					reset();
					return reason;
				}
				this.seen = 0;
				this.refused = 0;
			}
		}
		return null;
	}

	private void reset() {
		this.inARow = 0;
		this.seen = 0;
		this.refused = 0;
	}

}
