package org.megaetl.deadletter;

/**
 * How many dead letters of one pipeline have one class of reason.
 *
 * @param pipeline what the pipeline's state is kept under
 * @param reason the class of reason
 * @param count their number
 */
public record DeadLetterCount(String pipeline, DeadLetterReason reason, long count) {

}
