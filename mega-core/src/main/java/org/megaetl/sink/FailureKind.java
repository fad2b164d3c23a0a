package org.megaetl.sink;

/**
 * What a failed write says about who is at fault, and so what to do about it. Declared in
 * the order of caution: where one failure shows several kinds, the first counts, so that
 * a bad database never makes dead letters.
 */
public enum FailureKind {

	/**
	 * The database or the connection is in a bad state that passes: the batch is retried
	 * with backoff for as long as it takes, and is never a dead letter for it. A batch
	 * that keeps failing so while other transactions commit is suspect, as with
	 * {@link #UNKNOWN}: one event may break the connection each time.
	 */
	TRANSIENT,

	/**
	 * The transaction, statement or packet is larger than the database takes: smaller
	 * batches are committed. An event that is too large when alone is at fault itself.
	 */
	TOO_LARGE,

	/**
	 * A person, or a schema change that is under way, must mend the database first: a
	 * table, column, privilege or account is missing. Retried slowly, the message shown,
	 * and never a dead letter for it.
	 */
	OPERATOR,

	/**
	 * The row or the statement is bad and will be refused again: the batch is bisected,
	 * and the event at fault is a dead letter.
	 */
	PERMANENT,

	/**
	 * Nobody knows. Permanent only if a fresh connection proves the database well and the
	 * event fails again when alone.
	 */
	UNKNOWN

}
