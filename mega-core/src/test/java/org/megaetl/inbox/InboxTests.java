package org.megaetl.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
import static org.awaitility.Awaitility.await;

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

	@Test
	void onlyTheIdsThatAnotherTransactionWasFasterWithAreDuplicates() {
		try (TestDatabase database = TestDatabase.create()) {
			EngineRunner.on(database).run((context) -> {
				// several statements, of which only the last meets ids
				List<Event> events = new ArrayList<>(events(0, 1200));
				events.sort(Comparator.comparing((event) -> EventKey.of(event.id())));
				List<Event> held = events.subList(1190, 1193);
				try (Connection other = transaction(database); Connection one = transaction(database)) {
					register(other, held);
					CompletableFuture<Registration> registration = CompletableFuture
						.supplyAsync(() -> register(one, events, BatchToken.random(), true));
					await().until(() -> registration.isDone() || database.hasLockWait());
					assertThat(registration).isNotDone();
					other.commit();
					assertThat(events).filteredOn(registration.get(20, TimeUnit.SECONDS)::isDuplicate)
						.containsExactlyElementsOf(held);
				}
			});
		}
	}

	@Test
	void forgetsOnlyTheIdsThatATransactionBrought() {
		try (TestDatabase database = TestDatabase.create()) {
			EngineRunner.on(database).run((context) -> {
				BatchToken token = BatchToken.random();
				List<Event> events = events(0, 5);
				try (Connection connection = transaction(database)) {
					register(connection, events.subList(0, 2));
					register(connection, events, token, false);
					new Inbox(new SingleConnectionDataSource(connection, true), systemUTC()).forget(PIPELINE, events,
							token);
					assertThat(events).filteredOn(register(connection, events)::isDuplicate)
						.containsExactlyElementsOf(events.subList(0, 2));
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
		return register(connection, events, BatchToken.random(), false);
	}

	private static Registration register(Connection connection, List<Event> events, BatchToken token, boolean wait) {
		return new Inbox(new SingleConnectionDataSource(connection, true), systemUTC()).register(PIPELINE, events,
				token, wait);
	}

}
