package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BorrowedConnections}.
 */
class BorrowedConnectionsTests {

	private static TestDatabase database;

	@BeforeAll
	static void startServer() {
		database = TestDatabase.create();
		database.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL)");
	}

	@AfterAll
	static void stopServer() {
		database.close();
	}

	@BeforeEach
	void clear() {
		database.execute("DELETE FROM item");
	}

	@Test
	void takesBackWhatIsNotCommittedWhenItClosesAConnectionOfAnotherPool() throws Exception {
		try (SingleConnectionDataSource pool = new SingleConnectionDataSource(database.jdbcUrl(), database.username(),
				database.password(), true)) {
			try (Connection connection = borrowed(pool).getConnection()) {
				connection.setAutoCommit(false);
				new JdbcSink(10).write(connection, List.of(Row.insert("item").set("id", 1).set("name", "open")));
			}
			assertThat(JdbcClient.create(pool).sql("SELECT COUNT(*) FROM item").query(Long.class).single()).isZero();
		}
	}

	/**
	 * Or the pool would have lost it for ever, or lend it with the session of the sink.
	 */
	@ParameterizedTest
	@CsvSource({ "getNetworkTimeout, false", "prepareStatement, true", "prepareStatement|abort, false",
			"isClosed, false" })
	void closesAConnectionOfAnotherPoolWhateverFails(String failing, boolean aborted) throws Exception {
		AtomicInteger closed = new AtomicInteger();
		try (Connection target = database.dataSource().getConnection()) {
			Connection lent = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { Connection.class }, (proxy, method, args) -> {
						if (method.getName().matches(failing)) {
							throw new IllegalStateException(method.getName());
						}
						if (method.getName().equals("close")) {
							closed.incrementAndGet();
							return null;
						}
						return method.invoke(target, args);
					});
			DataSource pool = new DelegatingDataSource() {

				@Override
				public Connection getConnection() {
					return lent;
				}

			};
			try {
				borrowed(pool).getConnection().close();
			}
			catch (IllegalStateException ex) {
				assertThat(failing).contains(ex.getMessage());
			}
			assertThat(closed).hasValue(1);
			assertThat(target.isClosed()).isEqualTo(aborted);
		}
	}

	@Test
	void asksADataSourceThatRoutesForEachConnection() throws Exception {
		database.execute("CREATE DATABASE IF NOT EXISTS elsewhere");
		AtomicReference<String> current = new AtomicReference<>(database.name());
		try (HikariDataSource one = SinkDataSources.hikari(database, "");
				HikariDataSource two = SinkDataSources.hikari(database, "")) {
			two.setJdbcUrl(database.jdbcUrl().replaceFirst("[^/]*$", "elsewhere"));
			DataSource router = router(current, Map.of(database.name(), one, "elsewhere", two));
			for (DataSource application : List.of(new DelegatingDataSource(router), new WrappedDataSource(router))) {
				try (SinkDataSource sink = SinkDataSources.of(application)) {
					for (String name : List.of(database.name(), "elsewhere", database.name())) {
						current.set(name);
						((HikariDataSource) sink.pool()).getHikariPoolMXBean().softEvictConnections();
						assertThat(JdbcClient.create(sink.pool()).sql("SELECT DATABASE()").query(String.class).single())
							.isEqualTo(name);
					}
				}
			}
		}
	}

	/**
	 * The pool that it came from would lend it again.
	 */
	@Test
	void endsABorrowedConnectionThatLeadsToAReadOnlyServer() throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, "");
				SinkDataSource sink = SinkDataSources
					.of(router(new AtomicReference<>("only"), Map.of("only", application)))) {
			String before;
			try (Connection connection = sink.pool().getConnection()) {
				before = SinkDataSources.variable(connection, "pseudo_thread_id");
				SinkDataSources.signal(connection, "HY000", 1290, "the --read-only option");
			}
			try (Connection connection = sink.pool().getConnection()) {
				assertThat(SinkDataSources.variable(connection, "pseudo_thread_id")).isNotEqualTo(before);
			}
		}
	}

	private static DataSource borrowed(DataSource pool) {
		return new BorrowedConnections(pool, new ConnectionEviction(null));
	}

	private static DataSource router(AtomicReference<String> current, Map<Object, Object> targets) {
		AbstractRoutingDataSource router = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				return current.get();
			}

		};
		router.setTargetDataSources(targets);
		router.afterPropertiesSet();
		return router;
	}

}
