package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import com.zaxxer.hikari.util.Credentials;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the connections of {@link SinkDataSource}.
 */
class SinkDataSourceTests {

	private static TestDatabase database;

	@BeforeAll
	static void startServer() {
		database = TestDatabase.createWithOwnServer();
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

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void opensConnectionsWithThePasswordOfTheDay(boolean provided) throws Exception {
		database.execute("CREATE OR REPLACE USER rotated IDENTIFIED BY 'old'",
				"GRANT ALL ON %s.* TO rotated".formatted(database.name()));
		AtomicReference<String> password = new AtomicReference<>("old");
		try (HikariDataSource application = SinkDataSources.hikari(database, "")) {
			if (provided) {
				application.setCredentialsProvider(() -> Credentials.of("rotated", password.get()));
			}
			else {
				application.setUsername("rotated");
				application.setPassword("old");
			}
			try (SinkDataSource sink = SinkDataSources.of(application)) {
				sink.pool().getConnection().close();
				database.execute("ALTER USER rotated IDENTIFIED BY 'new'");
				password.set("new");
				application.getHikariConfigMXBean().setPassword("new");
				((HikariDataSource) sink.pool()).getHikariPoolMXBean().softEvictConnections();
				try (Connection connection = sink.pool().getConnection()) {
					new JdbcSink(10).write(connection, List.of(Row.insert("item").set("id", 1).set("name", "new")));
					connection.commit();
				}
			}
		}
	}

	@Test
	void doesNotChangeTheParametersOfTheApplication() {
		try (HikariDataSource application = SinkDataSources.hikari(database, "")) {
			SinkDataSources.of(application).close();
			assertThat(application.getDataSourceProperties()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			mysql,   '',                   300000
			mariadb, '',                   300000
			mysql,   ?socketTimeout=60000, 60000
			mariadb, ?socketTimeout=60000, 60000
			""")
	void doesNotWaitForEverForASilentServer(String driver, String parameters, int timeout) throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, parameters)) {
			application.setJdbcUrl(application.getJdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			try (SinkDataSource sink = SinkDataSources.of(application);
					Connection connection = sink.pool().getConnection()) {
				assertThat(connection.getNetworkTimeout()).isEqualTo(timeout);
			}
		}
	}

	/**
	 * By which the databases of others say that a connection is lost.
	 */
	@ParameterizedTest
	@CsvSource({ "0A000, 1644", "57P01, 1644", "HY000, 1105" })
	void keepsAConnectionWhateverAStatementSays(String state, int code) throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, "");
				SinkDataSource sink = SinkDataSources.of(application);
				Connection connection = sink.pool().getConnection()) {
			SinkDataSources.signal(connection, state, code, "no");
			assertThat(SinkDataSources.variable(connection, "time_zone")).isEqualTo("+00:00");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HY000, 1290, the --read-only option", "25006, 1792, READ ONLY transaction",
			"HY000, 1836, read-only" })
	void throwsAllConnectionsAwayOnceOneLeadsToAReadOnlyServer(String state, int code, String message)
			throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, "");
				SinkDataSource sink = new SinkDataSource(application, 2, Duration.ofSeconds(3), Duration.ofSeconds(7),
						LoadData.AUTO)) {
			List<String> before = connectionIds(sink);
			try (Connection connection = sink.pool().getConnection()) {
				SinkDataSources.signal(connection, state, code, message);
			}
			assertThat(connectionIds(sink)).doesNotContainAnyElementsOf(before);
		}
	}

	@Test
	void asksTheUserFirstWhichConnectionsAreThrownAway() throws Exception {
		try (HikariDataSource application = SinkDataSources.hikari(database, "")) {
			application.setExceptionOverrideClassName(EvictsUnsupported.class.getName());
			try (SinkDataSource sink = SinkDataSources.of(application);
					Connection connection = sink.pool().getConnection()) {
				SinkDataSources.signal(connection, "HY000", 1105, "no");
				assertThat(connection.isClosed()).isFalse();
				SinkDataSources.signal(connection, "0A000", 1644, "no");
				assertThat(connection.isClosed()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void measuresItsConnectionsWhetherThoseOfTheApplicationAreMeasuredOrNot(boolean measured) {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		try (HikariDataSource application = SinkDataSources.hikari(database, "")) {
			if (measured) {
				application.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
			}
			try (SinkDataSource sink = SinkDataSources.of(application)) {
				sink.measure(meters);
				assertThat(meters.get("hikaricp.connections.active").tag("pool", "mega-sink").gauge().value()).isZero();
			}
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			jdbc:mysql://db.shop.com:3306/shop,                             jdbc:mysql://db.shop.com:3306/shop
			jdbc:mysql://db/shop?user=bob&password=hunter2,                 jdbc:mysql://db/shop
			jdbc:mysql://db/shop?password=hunter2@x/y,                      jdbc:mysql://db/shop
			jdbc:mysql://bob:hunter2@db/shop,                               jdbc:mysql://db/shop
			jdbc:mysql://bob:hunter2@x@db/shop,                             jdbc:mysql://db/shop
			jdbc:mysql://bob:x/hunter2@db/shop,                             jdbc:mysql://db/shop
			'jdbc:mysql://bob:hunter2@one:3306,bob:hunter2@two:3306/shop',  jdbc:mysql://two:3306/shop
			'jdbc:mysql://bob:hunter2@[one:3306,two]/shop',                 'jdbc:mysql://[one:3306,two]/shop'
			'jdbc:mysql://address=(host=db)(user=bob)(password=hunter2)/shop', jdbc:mysql://...
			'jdbc:mysql://(host=db,user=bob,password=hunter2)/shop',        jdbc:mysql://...
			jdbc:mysql:replication://bob:hunter2@db/shop,                   jdbc:mysql:replication://db/shop
			jdbc:mariadb://db/shop?password=hunter2,                        jdbc:mariadb://db/shop
			jdbc:mysql://[::1]:3306/shop#hunter2,                           'jdbc:mysql://[::1]:3306/shop'
			""")
	void saysWhereTheDatabaseIsWithoutCredentials(String url, String location) {
		try (HikariDataSource application = new HikariDataSource()) {
			application.setJdbcUrl(url);
			try (SinkDataSource sink = SinkDataSources.of(application)) {
				assertThat(sink.location()).isEqualTo(location).doesNotContain("hunter2");
			}
		}
	}

	private static List<String> connectionIds(SinkDataSource sink) throws SQLException {
		try (Connection one = sink.pool().getConnection(); Connection two = sink.pool().getConnection()) {
			return List.of(SinkDataSources.variable(one, "pseudo_thread_id"),
					SinkDataSources.variable(two, "pseudo_thread_id"));
		}
	}

	/**
	 * What a user may have decided.
	 */
	public static final class EvictsUnsupported implements SQLExceptionOverride {

		@java.lang.Override
		public Override adjudicate(SQLException failure) {
			return "0A000".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
		}

	}

}
