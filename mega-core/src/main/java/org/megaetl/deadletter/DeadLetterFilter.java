package org.megaetl.deadletter;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Chooses dead letters: those that meet every criterion that is given.
 *
 * @param pipeline what the pipeline's state is kept under, or {@code null} for all
 * pipelines
 * @param reason the class of reason, or {@code null} for any
 * @param since the earliest time of the last failure, or {@code null}
 * @param until the time before which the last failure was, or {@code null}
 * @param eventId the sender's id of the event, or {@code null} for any
 */
public record DeadLetterFilter(@Nullable String pipeline, @Nullable DeadLetterReason reason, @Nullable Instant since,
		@Nullable Instant until, @Nullable String eventId) {

	/**
	 * Chooses all dead letters.
	 */
	public static final DeadLetterFilter ALL = new DeadLetterFilter(null, null, null, null, null);

	/**
	 * Returns a filter that chooses all dead letters of one pipeline.
	 * @param pipeline what the pipeline's state is kept under
	 * @return the filter
	 */
	public static DeadLetterFilter ofPipeline(String pipeline) {
		return new DeadLetterFilter(pipeline, null, null, null, null);
	}

}
