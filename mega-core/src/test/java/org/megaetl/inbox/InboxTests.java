package org.megaetl.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.event.PipelineId;
import org.megaetl.pipeline.EngineRunner;

import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static java.time.Clock.systemUTC;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Inbox} on a real database.
 */
class InboxTests {

	private static final PipelineId PIPELINE = new PipelineId("test", "inbox");

	@Test
	void manyIdsDoNotMeetTheOnesThatAnotherTransactionHas() {
		try (TestDatabase database = TestDatabase.create()) {
			EngineRunner.on(database).run((context) -> {
				try (Connection one = transaction(database); Connection other = transaction(database)) {
					for (int i = 0; i < 20; i++) {
						register(one, 10_000 * i, 1);
					}
					Registration registration = register(other, 1, 1000);
					assertThat(registration).isNotSameAs(Registration.NONE);
					// nor do they hold up those that come
					register(one, 5000, 100);
				}
			});
		}
	}

	@Test
	void duplicatesDoNotWaitForEachOther() {
		try (TestDatabase database = TestDatabase.create()) {
			EngineRunner.on(database).run((context) -> {
				try (Connection first = transaction(database);
						Connection one = transaction(database);
						Connection other = transaction(database)) {
					register(first, 0, 3);
					first.commit();
					List<Event> events = events(0, 5);
					assertThat(events).filteredOn(register(one, events.subList(0, 3))::isDuplicate).hasSize(3);
					assertThat(events).filteredOn(register(other, events)::isDuplicate).hasSize(3);
				}
			});
		}
	}

	private static Connection transaction(TestDatabase database) throws SQLException {
		Connection connection = database.dataSource().getConnection();
		connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
		connection.setAutoCommit(false);
		return connection;
	}

	private static List<Event> events(int first, int count) {
		return IntStream.range(first, first + count)
			.mapToObj((id) -> Event.from("test", new byte[0]).id("id" + id).build())
			.toList();
	}

	private static Registration register(Connection connection, int first, int count) {
		return register(connection, events(first, count));
	}

	private static Registration register(Connection connection, List<Event> events) {
		return new Inbox(new SingleConnectionDataSource(connection, true), systemUTC()).register(PIPELINE, events,
				BatchToken.random(), false);
	}

}
