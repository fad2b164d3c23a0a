package org.megaetl.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.deadletter.DeadLetterCount;
import org.megaetl.deadletter.DeadLetterFilter;
import org.megaetl.deadletter.DeadLetterPayload;
import org.megaetl.deadletter.DeadLetterReason;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.deadletter.ReplayReport;
import org.megaetl.deadletter.ReplayResult;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows, replays and discards dead letters.
 */
@Endpoint(id = "megadeadletters")
public final class MegaDeadLettersEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(MegaDeadLettersEndpoint.class);

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 10_000;

	private final DeadLetterService deadLetters;

	MegaDeadLettersEndpoint(DeadLetterService deadLetters) {
		this.deadLetters = deadLetters;
	}

	/**
	 * Lists dead letters, the newest first.
	 * @param pipeline what the pipeline's state is kept under, or {@code null} for all
	 * @param reason the class of reason, or {@code null} for any
	 * @param since the earliest time of the last failure, or {@code null}
	 * @param until the time before which the last failure was, or {@code null}
	 * @param eventId the sender's id, or {@code null} for any
	 * @param before only ids below this one, or {@code null} for the first page
	 * @param limit the size of a page, or {@code null} for 100
	 * @return a page, the first one with counts
	 */
	@ReadOperation
	public PageDescriptor list(@Nullable String pipeline, @Nullable DeadLetterReason reason, @Nullable Instant since,
			@Nullable Instant until, @Nullable String eventId, @Nullable Long before, @Nullable Integer limit) {
		DeadLetterFilter filter = new DeadLetterFilter(pipeline, reason, since, until, eventId);
		int size = limit(limit);
		List<DeadLetter> page = this.deadLetters.list(filter, Objects.requireNonNullElse(before, Long.MAX_VALUE), size);
		List<DeadLetterCount> counts = (before != null) ? null : this.deadLetters.counts(filter);
		return new PageDescriptor(counts, page, (page.size() == size) ? page.get(size - 1).id() : null);
	}

	@ReadOperation
	public @Nullable DeadLetterDescriptor show(@Selector long id) {
		return this.deadLetters.find(id)
			.map((letter) -> new DeadLetterDescriptor(letter,
					this.deadLetters.payload(letter).map(DeadLetterPayload::of).orElse(null)))
			.orElse(null);
	}

	/**
	 * Replays one dead letter.
	 * @param id the dead letter
	 * @param dryRun whether to only say what would be executed; {@code null} for no
	 * @return what became of it, or why it was not tried
	 */
	@WriteOperation
	public ReplayDescriptor replayOne(@Selector long id, @Nullable Boolean dryRun) {
		return ReplayDescriptor.of(replay(id, Boolean.TRUE.equals(dryRun)));
	}

	private ReplayReport replay(long id, boolean dryRun) {
		try {
			return new ReplayReport(List.of(this.deadLetters.replay(id, dryRun)), null, true);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new ReplayReport(List.of(), "The replay was interrupted: the application is stopping", false);
		}
		catch (RuntimeException ex) {
			logger.warn("The replay of dead letter {} was given up", id, ex);
			String reason = Objects.requireNonNullElse(ex.getMessage(), ex.getClass().getName());
			return new ReplayReport(List.of(), reason, false);
		}
	}

	/**
	 * Replays dead letters, the oldest first.
	 * @param pipeline what the pipeline's state is kept under, or {@code null} for all
	 * @param reason the class of reason, or {@code null} for any
	 * @param since the earliest time of the last failure, or {@code null}
	 * @param until the time before which the last failure was, or {@code null}
	 * @param eventId the sender's id, or {@code null} for any
	 * @param limit the most dead letters to try, or {@code null} for 100
	 * @param dryRun whether to only say what would be executed; {@code null} for no
	 * @return what became of them
	 */
	@WriteOperation
	public ReplayDescriptor replay(@Nullable String pipeline, @Nullable DeadLetterReason reason,
			@Nullable Instant since, @Nullable Instant until, @Nullable String eventId, @Nullable Integer limit,
			@Nullable Boolean dryRun) {
		DeadLetterFilter filter = new DeadLetterFilter(pipeline, reason, since, until, eventId);
		int most = limit(limit);
		return ReplayDescriptor.of(this.deadLetters.replay(filter, most, Boolean.TRUE.equals(dryRun)));
	}

	@DeleteOperation
	public DiscardDescriptor discardOne(@Selector long id) {
		return new DiscardDescriptor(this.deadLetters.discard(id) ? 1 : 0);
	}

	/**
	 * Discards dead letters of one pipeline.
	 * @param pipeline what the pipeline's state is kept under
	 * @param reason the class of reason, or {@code null} for any
	 * @param since the earliest time of the last failure, or {@code null}
	 * @param until the time before which the last failure was, or {@code null}
	 * @param eventId the sender's id, or {@code null} for any
	 * @param all whether all of the pipeline are meant, which has to be said where
	 * nothing else chooses: a filter that is misspelt does not arrive here
	 * @return how many there were
	 */
	@DeleteOperation
	public DiscardDescriptor discard(String pipeline, @Nullable DeadLetterReason reason, @Nullable Instant since,
			@Nullable Instant until, @Nullable String eventId, @Nullable Boolean all) {
		DeadLetterFilter filter = new DeadLetterFilter(pipeline, reason, since, until, eventId);
		if (filter.equals(DeadLetterFilter.ofPipeline(pipeline)) && !Boolean.TRUE.equals(all)) {
			throw Refusal.of("This would discard all dead letters of '" + pipeline
					+ "': give 'reason', 'since', 'until' or 'eventId' as parameters of the URL, or 'all=true'");
		}
		return new DiscardDescriptor(this.deadLetters.discard(filter));
	}

	private static int limit(@Nullable Integer limit) {
		if (limit == null) {
			return DEFAULT_LIMIT;
		}
		if (limit < 1 || limit > MAX_LIMIT) {
			throw Refusal.of("'limit' is " + limit + ", which is not between 1 and " + MAX_LIMIT);
		}
		return limit;
	}

	/**
	 * A page of dead letters.
	 *
	 * @param counts all that the filter chooses, by pipeline and reason; {@code null} but
	 * on the first page
	 * @param deadLetters the dead letters of this page, without their payloads
	 * @param next what to give as {@code before} for the next page, or {@code null} on
	 * the last
	 */
	public record PageDescriptor(@Nullable List<DeadLetterCount> counts, List<DeadLetter> deadLetters,
			@Nullable Long next) implements OperationResponseBody {

	}

	/**
	 * A dead letter.
	 *
	 * @param deadLetter all but its payload
	 * @param payload its payload, or {@code null} if that was not stored
	 */
	public record DeadLetterDescriptor(@JsonUnwrapped DeadLetter deadLetter,
			@Nullable DeadLetterPayload payload) implements OperationResponseBody {

	}

	/**
	 * What a replay did.
	 *
	 * @param written how many were written
	 * @param skipped how many the transformer skipped
	 * @param failed how many failed again
	 * @param gone how many somebody else replayed or discarded
	 * @param impossible how many cannot be replayed
	 * @param complete whether all that were asked for were tried
	 * @param interruption why not, if it is not because of the limit
	 * @param results what became of each
	 */
	public record ReplayDescriptor(long written, long skipped, long failed, long gone, long impossible,
			boolean complete, @Nullable String interruption,
			List<ReplayResult> results) implements OperationResponseBody {

		private static ReplayDescriptor of(ReplayReport report) {
			return new ReplayDescriptor(report.count(Outcome.WRITTEN), report.count(Outcome.SKIPPED),
					report.count(Outcome.FAILED), report.count(Outcome.GONE), report.count(Outcome.IMPOSSIBLE),
					report.complete(), report.interruption(), report.results());
		}

	}

	/**
	 * What was discarded.
	 *
	 * @param discarded how many dead letters
	 */
	public record DiscardDescriptor(long discarded) implements OperationResponseBody {

	}

}
