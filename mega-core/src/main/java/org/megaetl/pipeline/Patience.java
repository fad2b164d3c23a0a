package org.megaetl.pipeline;

import org.megaetl.sink.FailureKind;

/**
 * How long a pipeline waits for a database that does not work: a pull source for as long
 * as it takes, a sender only as long as it would wait for an answer.
 */
interface Patience {

	/**
	 * Waits before a batch is tried again.
	 * @param failure why it failed, always the database's fault
	 * @param kind the kind of failure
	 * @param attempts how often it has failed so, at least 1
	 * @throws PipelineUnavailableException if it is not to be tried again
	 * @throws InterruptedException if the pipeline is to stop
	 */
	void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException;

}
