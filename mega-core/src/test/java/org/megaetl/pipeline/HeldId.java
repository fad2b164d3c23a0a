package org.megaetl.pipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.inbox.Inbox;

import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static java.time.Clock.systemUTC;

/**
 * Another transaction that has taken an id and is not finished.
 */
final class HeldId {

	private HeldId() {
	}

	static Connection of(TestDatabase database, PipelineName pipeline, String id) throws SQLException {
		Connection connection = database.dataSource().getConnection();
		connection.setAutoCommit(false);
		Event event = Event.from(pipeline.toString(), new byte[0]).id(id).build();
		new Inbox(new SingleConnectionDataSource(connection, true), systemUTC())
			.register(new PipelineId("mega", pipeline.toString()), List.of(event), BatchToken.random(), true);
		return connection;
	}

}
