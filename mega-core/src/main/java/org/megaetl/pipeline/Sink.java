package org.megaetl.pipeline;

import javax.sql.DataSource;

import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.inbox.Inbox;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.JdbcSink;

import org.springframework.transaction.PlatformTransactionManager;

/**
 * The database as all pipelines share it.
 *
 * @param dataSource the connections, without auto-commit
 * @param transactions begins and ends transactions on that data source
 * @param rows writes statements
 * @param checkpoints the sources' positions
 * @param inbox the ids of events already taken
 * @param deadLetters the events that could not be written
 * @param classifier tells a bad event from a bad database
 */
public record Sink(DataSource dataSource, PlatformTransactionManager transactions, JdbcSink rows,
		CheckpointStore checkpoints, Inbox inbox, DeadLetterStore deadLetters, FailureClassifiers classifier) {

}
