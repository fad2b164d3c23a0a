package org.megaetl.pipeline;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.inbox.IdsHeldException;
import org.megaetl.pipeline.SuspectSearch.OneByOne;
import org.megaetl.pipeline.SuspectSearch.Pause;
import org.megaetl.pipeline.SuspectSearch.Refuse;
import org.megaetl.pipeline.SuspectSearch.Split;
import org.megaetl.pipeline.SuspectSearch.Step;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.TransactionLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts at one batch. After each failure it is decided here how to go on: leave
 * out the guilty events, commit smaller batches, let go what belongs to somebody else, or
 * wait for the database.
 */
final class BatchAttempts {

	private static final Logger logger = LoggerFactory.getLogger(BatchAttempts.class);

	/**
	 * How often a batch is tried whose transaction is rolled back by one of its own
	 * statements, as by a deadlock that is not passed on. If it is more often, the event
	 * is looked for whose statement that is.
	 */
	private static final int ATTEMPTS_IF_LOST = 5;

	/**
	 * The same if the statement has failed besides, with what may be its own words for a
	 * deadlock.
	 */
	private static final int ATTEMPTS_IF_LOST_WITH_FAILURE = 3;

	private final BatchDelivery delivery;

	private final SuspectSearch search;

	private final Patience patience;

	private final OutcomeListener listener;

	private Batch batch;

	private WriteMode mode;

	private boolean waitForIds;

	private int failures;

	private int losses;

	BatchAttempts(BatchDelivery delivery, Batch batch, WriteMode mode, Patience patience, OutcomeListener listener) {
		this.delivery = delivery;
		this.search = delivery.search();
		this.batch = batch;
		this.mode = mode;
		this.patience = patience;
		this.listener = listener;
	}

	/**
	 * Makes an attempt, and after one that failed whatever must be done before the next.
	 * @return what became of the batch, or {@code null} if it is to be tried again
	 */
	@Nullable DeliveryResult next() throws InterruptedException {
		List<EventOutcome> outcomes;
		try {
			outcomes = this.delivery.attempt(this.batch, this.mode, this.waitForIds);
		}
		catch (PipelineUnavailableException | InterruptedException ex) {
			throw ex;
		}
		catch (FencedException ex) {
			return displaced(ex);
		}
		catch (IdsHeldException ex) {
			return idsHeld(ex);
		}
		catch (TransactionInDoubtException ex) {
			return inDoubt(ex);
		}
		catch (CommitFailedException ex) {
			return commitFailed(ex);
		}
		catch (Exception ex) {
			return failed(ex);
		}
		// whatever fails now, the batch is committed and must not be tried again
		return settled(outcomes);
	}

	private DeliveryResult settled(List<EventOutcome> outcomes) {
		this.listener.settled(this.batch.events(), outcomes);
		return new DeliveryResult(outcomes, Set.of());
	}

	private DeliveryResult displaced(FencedException fenced) throws InterruptedException {
		if (this.failures + this.losses > 0) {
			// it may be an attempt of its own that has moved a position
			this.delivery.lookup().takeBackIfCommitted(this.batch, fenced, this.patience);
		}
		logger.warn(fenced.getMessage());
		return deliverParts(List.of(this.batch), Set.copyOf(fenced.keys()));
	}

	private DeliveryResult deliverParts(List<Batch> parts, Set<String> lost) throws InterruptedException {
		return this.delivery.deliverParts(this.batch, parts, lost, this.patience, this.listener);
	}

	private @Nullable DeliveryResult idsHeld(IdsHeldException held) throws InterruptedException {
		List<Batch> parts = this.batch.around(held.events());
		if (parts.size() > 1) {
			return deliverParts(parts, Set.of());
		}
		if (!held.events().isEmpty()) {
			this.patience.awaitIds(held);
		}
		this.waitForIds = true;
		return null;
	}

	/**
	 * Decides how to go on after a statement has rolled the transaction back. If it was a
	 * deadlock that was swallowed, the next attempt succeeds.
	 */
	private @Nullable DeliveryResult lost(TransactionLostException lost, @Nullable PendingEvent named)
			throws InterruptedException {
		this.delivery.lookup().takeBackUnlessRolledBack(this.batch, lost, this.patience);
		Exception failure = (lost.failure() instanceof Exception own) ? own : null;
		this.losses++;
		if (this.losses < ((failure != null) ? ATTEMPTS_IF_LOST_WITH_FAILURE : ATTEMPTS_IF_LOST)) {
			this.patience.pause(lost, Patience.afterConflict());
			return null;
		}
		return failedTogether((failure != null) ? failure : lost, named);
	}

	private @Nullable DeliveryResult inDoubt(TransactionInDoubtException doubt) throws InterruptedException {
		this.delivery.lookup().takeBackIfCommitted(this.batch, doubt.failure(), this.patience);
		if (doubt.failure() instanceof PipelineUnavailableException unavailable) {
			throw unavailable;
		}
		if (doubt.failure() instanceof InterruptedException interrupted) {
			throw interrupted;
		}
		return failed(doubt.failure());
	}

	private @Nullable DeliveryResult commitFailed(CommitFailedException failure) throws InterruptedException {
		// it must be known before anything else is tried
		if (this.delivery.lookup().isCommitted(this.batch, failure, this.patience)) {
			return settled(failure.outcomes());
		}
		this.batch = this.batch.again();
		return failedTogether(failure, null);
	}

	private @Nullable DeliveryResult failed(Exception ex) throws InterruptedException {
		PendingEvent named = (ex instanceof EventFailedException failed) ? failed.event() : null;
		Exception failure = (ex instanceof EventFailedException failed) ? failed.failure() : ex;
		return (failure instanceof TransactionLostException lost) ? lost(lost, named) : failed(failure, named);
	}

	/**
	 * Decides how to go on after a failure of a statement, without which the rest of the
	 * batch could be committed.
	 * @param named the event that the attempt failed with, or {@code null} if that is not
	 * known
	 */
	private @Nullable DeliveryResult failed(Exception failure, @Nullable PendingEvent named)
			throws InterruptedException {
		FailureKind kind = this.delivery.classify(failure);
		this.failures++;
		if (kind == FailureKind.PERMANENT && this.mode == WriteMode.TOGETHER) {
			this.mode = WriteMode.ISOLATING;
			return null;
		}
		boolean certain = kind == FailureKind.TOO_LARGE;
		if (!this.search.mayBlame(this.batch, failure, kind, certain)) {
			this.patience.await(failure, kind, this.failures);
			return null;
		}
		if (kind == FailureKind.UNKNOWN && (this.mode == WriteMode.TOGETHER || this.mode == WriteMode.ISOLATING)) {
			this.mode = WriteMode.PROVEN;
			return null;
		}
		return blame(named, failure, kind, certain);
	}

	/**
	 * Decides how to go on after a failure that has taken the whole transaction with it,
	 * so that no event can be left out inside of it.
	 * @param named the event that the attempt failed with, or {@code null} if that is not
	 * known
	 */
	private @Nullable DeliveryResult failedTogether(Exception failure, @Nullable PendingEvent named)
			throws InterruptedException {
		FailureKind kind = this.delivery.classify(failure);
		this.failures++;
		boolean certain = kind == FailureKind.TOO_LARGE || kind == FailureKind.PERMANENT;
		if (!this.search.mayBlame(this.batch, failure, kind, certain)) {
			this.patience.await(failure, kind, this.failures);
			return null;
		}
		return blame(named, failure, kind, certain);
	}

	/**
	 * Looks for the event that is at fault, or refuses it.
	 * @param named the event that the attempt failed with, or {@code null} if that is not
	 * known
	 * @param certain whether the failure says that it is at fault
	 */
	private @Nullable DeliveryResult blame(@Nullable PendingEvent named, Exception failure, FailureKind kind,
			boolean certain) throws InterruptedException {
		Step step = this.search.next(this.batch, this.mode, named, failure, certain);
		if (step instanceof Split split) {
			return deliverParts(split.parts(), Set.of());
		}
		if (step instanceof Refuse refuse) {
			return this.delivery.deliver(this.batch.refusing(refuse.culprit(), failure), this.mode, this.patience,
					this.listener);
		}
		if (step instanceof OneByOne) {
			this.mode = WriteMode.ONE_BY_ONE;
		}
		else if (step instanceof Pause pause) {
			this.patience.pause(failure, pause.time());
		}
		else {
			this.patience.await(failure, kind, this.failures);
		}
		return null;
	}

}
