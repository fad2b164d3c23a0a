package org.megaetl.pipeline;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import org.megaetl.inbox.IdsHeldException;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;

/**
 * How long a pipeline waits for a database that does not work: a pull source for as long
 * as it takes, a sender only as long as it would wait for an answer.
 */
interface Patience {

	/**
	 * How often a batch may lose against other transactions before that is an outage.
	 */
	int LOCK_ATTEMPTS = 3;

	/**
	 * Waits before a batch is tried again.
	 * @param failure why it failed, always the database's fault
	 * @param kind the kind of failure
	 * @param attempts how often it has failed so, at least 1
	 * @throws PipelineUnavailableException if it is not to be tried again
	 * @throws InterruptedException if the pipeline is to stop
	 */
	void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException;

	/**
	 * Waits before it is looked up again whether a transaction was committed.
	 * @param failure why it could not be found out, always the database's fault
	 * @param attempts how often it has failed so, at least 1
	 * @throws PipelineUnavailableException if it is not to be found out
	 * @throws InterruptedException if the pipeline is to stop
	 */
	default void awaitOutcome(Throwable failure, int attempts) throws InterruptedException {
		await(failure, FailureKind.TRANSIENT, attempts);
	}

	/**
	 * Gives an event time that may have been at fault, before it is tried again.
	 * @param failure why it failed
	 * @param time how long
	 * @throws PipelineUnavailableException if it is not to be tried again
	 * @throws InterruptedException if the pipeline is to stop
	 */
	void pause(Throwable failure, Duration time) throws InterruptedException;

	/**
	 * Called before it is waited for another transaction that has the ids of events.
	 * @param held the events, none of which can be written before
	 * @throws IdsHeldException if it is not to be waited for it
	 */
	default void awaitIds(IdsHeldException held) {
	}

	/**
	 * Returns how long to wait before the next attempt of who has lost against another
	 * transaction, so that the two do not meet again.
	 */
	static Duration afterConflict() {
		return Duration.ofMillis(ThreadLocalRandom.current().nextLong(5, 50));
	}

	/**
	 * Returns how long to wait before it is looked up again whether a transaction was
	 * committed.
	 * @param attempts how often it was looked up in vain, at least 1
	 */
	static Duration beforeLookUp(int attempts) {
		return Duration.ofMillis(Math.min(250L * attempts, 5000));
	}

	/**
	 * Returns whether a batch has only lost against another transaction, as far as is
	 * known, and not often yet: trying again at once is no outage.
	 * @param failure why it failed
	 * @param attempts how often it has failed, at least 1
	 * @return whether to try again without further ado
	 */
	static boolean isWorthAnotherTry(Throwable failure, int attempts) {
		SqlFailure sqlFailure = SqlFailure.of(failure);
		return attempts < LOCK_ATTEMPTS && sqlFailure != null && sqlFailure.isLockConflict();
	}

}
