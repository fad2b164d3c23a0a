package org.megaetl.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;

import org.springframework.transaction.TransactionException;

/**
 * Decides whether an event of a batch that fails again and again is at fault, and what to
 * do next to find it: make the batch smaller, try it event by event, or try what is left
 * of it for so long that it is no coincidence any more.
 */
final class SuspectSearch {

	/**
	 * How often an event must fail alone, on a database that works otherwise, before it
	 * is blamed for a failure that does not say whose fault it is.
	 */
	static final int ATTEMPTS_OF_A_SUSPECT = 5;

	/**
	 * The first pause between these attempts, each pause three times the one before: ten
	 * seconds in all, so that connections lost in a failover blame nobody.
	 */
	static final Duration FIRST_PAUSE_OF_A_SUSPECT = Duration.ofMillis(250);

	private final BooleanSupplier databaseWorks;

	private @Nullable PendingEvent suspect;

	private int suspicions;

	/**
	 * Creates a search.
	 * @param databaseWorks tries whether the database does its work for others
	 */
	SuspectSearch(BooleanSupplier databaseWorks) {
		this.databaseWorks = databaseWorks;
	}

	/**
	 * Returns whether some event of the batch may be at fault.
	 * @param certain whether one is, if there is one to be written
	 */
	boolean mayBlame(Batch batch, Exception failure, FailureKind kind, boolean certain) {
		return batch.canBeBlamed() && (certain || (isSuspect(kind, failure) && this.databaseWorks.getAsBoolean()));
	}

	/**
	 * A connection or statement that is cut off is the database's fault, unless it is an
	 * event that brings it about.
	 */
	private static boolean isSuspect(FailureKind kind, Exception failure) {
		if (kind == FailureKind.UNKNOWN) {
			return true;
		}
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return kind == FailureKind.TRANSIENT && !(failure instanceof TransactionException) && sqlFailure != null
				&& sqlFailure.isCutOff();
	}

	/**
	 * Returns what to do next.
	 * @param batch the batch, of which some event may be at fault
	 * @param mode how it was tried
	 * @param named the event that the attempt failed with, or {@code null} if that is not
	 * known
	 * @param failure what it failed with
	 * @param certain whether the failure says that an event is at fault
	 */
	Step next(Batch batch, WriteMode mode, @Nullable PendingEvent named, Exception failure, boolean certain) {
		List<PendingEvent> events = batch.events();
		PendingEvent culprit = (events.size() == 1) ? events.get(0) : named;
		List<Batch> parts = (culprit != null) ? List.of() : batch.split();
		if (parts.size() > 1) {
			return new Split(parts);
		}
		if (culprit != null && !certain && SqlFailure.isTimeLimit(failure)) {
			// perhaps for another's lock: to wait is all that helps
			this.suspect = null;
			return new Wait();
		}
		this.suspicions = (culprit == this.suspect) ? this.suspicions + 1 : 1;
		this.suspect = culprit;
		if (culprit == null) {
			return (mode != WriteMode.ONE_BY_ONE) ? new OneByOne() : new Wait();
		}
		if (certain || this.suspicions >= ATTEMPTS_OF_A_SUSPECT) {
			return new Refuse(culprit);
		}
		return new Pause(FIRST_PAUSE_OF_A_SUSPECT.multipliedBy((long) Math.pow(3, this.suspicions - 1)));
	}

	/**
	 * What to do next.
	 */
	sealed interface Step {

	}

	/**
	 * Deliver the parts of the batch one after the other.
	 *
	 * @param parts the parts, more than one
	 */
	record Split(List<Batch> parts) implements Step {

	}

	/**
	 * Try the batch, which cannot be split, event by event.
	 */
	record OneByOne() implements Step {

	}

	/**
	 * Wait as for a database that does not work.
	 */
	record Wait() implements Step {

	}

	/**
	 * Try the suspect again after a pause.
	 *
	 * @param time how long
	 */
	record Pause(Duration time) implements Step {

	}

	/**
	 * Deliver the batch with an event refused.
	 *
	 * @param culprit the event
	 */
	record Refuse(PendingEvent culprit) implements Step {

	}

}
