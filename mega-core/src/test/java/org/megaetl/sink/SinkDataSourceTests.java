package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.mysql.cj.jdbc.MysqlDataSource;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SinkDataSource} on a real server whose defaults are as bad as can be:
 * no strict SQL mode, and a time zone of its own.
 */
class SinkDataSourceTests {

	private static final Instant INSTANT = Instant.parse("2026-03-29T01:30:00.123Z");

	private static TestDatabase database;

	@BeforeAll
	static void startServer() {
		database = TestDatabase.createWithOwnServer("--sql-mode=", "--default-time-zone=+05:30",
				"--transaction-isolation=REPEATABLE-READ", "--innodb-lock-wait-timeout=50");
		database.execute("CREATE TABLE moment (id INT PRIMARY KEY, at TIMESTAMP(3) NULL, day DATETIME(3))",
				"CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL)");
	}

	@AfterAll
	static void stopServer() {
		database.close();
	}

	@BeforeEach
	void clear() {
		database.execute("DELETE FROM moment", "DELETE FROM item");
	}

	@ParameterizedTest
	@EnumSource
	void preparesTheSession(Application application) throws Exception {
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection()) {
			assertThat(connection.getAutoCommit()).isFalse();
			assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
			assertThat(variable(connection, "tx_isolation")).isEqualTo("READ-COMMITTED");
			assertThat(variable(connection, "innodb_lock_wait_timeout")).isEqualTo("7");
			assertThat(variable(connection, "time_zone")).isEqualTo("+00:00");
			assertThat(variable(connection, "sql_mode")).contains("STRICT_TRANS_TABLES", "STRICT_ALL_TABLES");
		}
	}

	@ParameterizedTest
	@EnumSource
	void leavesTheSessionOfTheApplicationAlone(Application application) throws Exception {
		try (Closing source = application.open(); SinkDataSource sink = sink(source)) {
			sink.pool().getConnection().close();
			try (Connection connection = source.dataSource().getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(variable(connection, "innodb_lock_wait_timeout")).isEqualTo("50");
				assertThat(variable(connection, "time_zone")).isEqualTo("+05:30");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void anInstantArrivesAsTheSameInstantInAnyTimeZone(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection()) {
			List<Object> same = List.of(INSTANT, Timestamp.from(INSTANT), Date.from(INSTANT),
					INSTANT.atZone(ZoneId.of("Asia/Tokyo")), INSTANT.atZone(ZoneId.of("+02:00")).toOffsetDateTime());
			for (int i = 0; i < same.size(); i++) {
				new JdbcSink(10).write(connection,
						List.of(Row.insert("moment").set("id", i).set("at", same.get(i)).set("day", same.get(i))));
			}
			connection.commit();
			assertMoments(same.size());
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HIKARI.*|POOL_OF_MARIADB" }, mode = EnumSource.Mode.MATCH_ANY)
	void aTimestampOfADirectTransformerArrivesAsTheSameInstant(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection();
				PreparedStatement statement = connection.prepareStatement("INSERT INTO moment VALUES (1, ?, ?)")) {
			statement.setTimestamp(1, Timestamp.from(INSTANT));
			statement.setTimestamp(2, Timestamp.from(INSTANT));
			statement.executeUpdate();
			connection.commit();
			assertMoments(1);
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	/**
	 * What is east of UTC has its midnight on the day before, by the clock of the
	 * connection.
	 */
	@ParameterizedTest
	@EnumSource
	void aDateAndATimeOfDayArriveAsTheyAreInTheJvm(Application application) throws Exception {
		TimeZone before = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection()) {
			database.execute("CREATE OR REPLACE TABLE clock (day DATE, at TIME(3))");
			java.sql.Date day = java.sql.Date.valueOf("2026-02-28");
			Time time = new Time(Time.valueOf("08:30:15").getTime() + 250);
			new JdbcSink(10).write(connection, List.of(Row.insert("clock").set("day", day).set("at", time),
					SqlStatement.of("INSERT INTO clock VALUES (?, ?)", day, time)));
			connection.commit();
			assertThat(JdbcClient.create(database.dataSource())
				.sql("SELECT CONCAT(day, ' ', at) FROM clock")
				.query(String.class)
				.list()).hasSize(2).containsOnly("2026-02-28 08:30:15.250");
		}
		finally {
			TimeZone.setDefault(before);
		}
	}

	/**
	 * Where a statement cannot be taken back, the lesser strict mode lets the second row
	 * pass.
	 */
	@ParameterizedTest
	@EnumSource
	void aValueThatDoesNotFitIsAnErrorInATableWithoutTransactions(Application application) throws Exception {
		database.execute("CREATE OR REPLACE TABLE plain (v INT) ENGINE = MyISAM");
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> new JdbcSink(10).write(connection,
						List.of(SqlStatement.of("INSERT INTO plain VALUES (?), (?)", 1, "abc"))))
				.withMessageContaining("abc");
			connection.rollback();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void opensConnectionsWithThePasswordOfTheDay(boolean provided) throws Exception {
		database.execute("CREATE OR REPLACE USER rotated IDENTIFIED BY 'old'",
				"GRANT ALL ON %s.* TO rotated".formatted(database.name()));
		AtomicReference<String> password = new AtomicReference<>("old");
		try (HikariDataSource application = hikari("")) {
			if (provided) {
				application.setCredentialsProvider(() -> Credentials.of("rotated", password.get()));
			}
			else {
				application.setUsername("rotated");
				application.setPassword("old");
			}
			try (SinkDataSource sink = sink(application)) {
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

	@ParameterizedTest
	@EnumSource
	void aValueThatDoesNotFitIsAnError(Application application) throws Exception {
		try (Closing source = application.open();
				SinkDataSource sink = sink(source);
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> new JdbcSink(10).write(connection,
						List.of(Row.insert("item").set("id", 1).set("name", "too long a name"))))
				.withMessageContaining("name");
			connection.rollback();
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'',                                          ,                         1
			?rewriteBatchedStatements=false,             ,                         10
			?useSSL=false&REWRITEbatchedstatements=false,,                         10
			'',                                          rewriteBatchedStatements, 10
			'',                                          RewriteBatchedStatements, 10
			?user=rewriteBatchedStatements,              ,                         1
			""")
	void rewritesBatchesUnlessTheUserDecidedOtherwise(String parameters, String property, int statements)
			throws Exception {
		try (HikariDataSource application = hikari(parameters)) {
			if (property != null) {
				application.addDataSourceProperty(property, "false");
			}
			try (SinkDataSource sink = sink(application); Connection connection = sink.pool().getConnection()) {
				long before = inserts(connection);
				try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
					for (int i = 0; i < 10; i++) {
						statement.setInt(1, i);
						statement.setString(2, "n");
						statement.addBatch();
					}
					statement.executeBatch();
				}
				assertThat(inserts(connection) - before).isEqualTo(statements);
				connection.rollback();
			}
		}
	}

	/**
	 * What comes after it is refused, and would be said to be the failure.
	 */
	@ParameterizedTest
	@CsvSource(textBlock = """
			mysql,   '',                              2
			mysql,   '',                              6
			mysql,   ?rewriteBatchedStatements=false, 6
			mysql,   ?useServerPrepStmts=true,        2
			mariadb, '',                              6
			""")
	void saysThatABatchOfSqlWaitedForALockInVain(String driver, String parameters, int statements) throws Exception {
		database.execute("INSERT INTO item VALUES (0, 'zero'), (1, 'one')");
		List<SqlStatement> updates = new ArrayList<>();
		String update = "UPDATE item SET name = ? WHERE id = ?";
		for (int i = 0; i < statements; i++) {
			updates.add((i == 0) ? SqlStatement.of(update, "a", 0) : SqlStatement.of(update, "too long", 1));
		}
		try (HikariDataSource application = hikari(parameters)) {
			application.setJdbcUrl(application.getJdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			try (SinkDataSource sink = new SinkDataSource(application, 1, Duration.ofSeconds(3), Duration.ofSeconds(1),
					LoadData.AUTO);
					Connection connection = sink.pool().getConnection();
					Connection other = database.dataSource().getConnection();
					Statement lock = other.createStatement()) {
				other.setAutoCommit(false);
				lock.execute("SELECT * FROM item WHERE id = 0 FOR UPDATE");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new JdbcSink(10).write(connection, updates))
					.satisfies((ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex))
						.isEqualTo(FailureKind.TRANSIENT))
					.satisfies((ex) -> assertThat(SqlFailure.of(ex).vendorCode()).isEqualTo(1205));
				connection.rollback();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void saysWhichSqlOfABatchIsRefused(boolean rewritten) throws Exception {
		database.execute("INSERT INTO item VALUES (0, 'zero')");
		List<SqlStatement> updates = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			updates.add(SqlStatement.of("UPDATE item SET name = ? WHERE id = ?", (i == 3) ? "too long" : "a", 0));
		}
		try (HikariDataSource application = hikari("?rewriteBatchedStatements=" + rewritten);
				SinkDataSource sink = sink(application);
				Connection connection = sink.pool().getConnection()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> new JdbcSink(10).write(connection, updates))
				.satisfies((ex) -> assertThat(new FailureClassifiers(List.of()).classify(ex))
					.isEqualTo(FailureKind.PERMANENT))
				.satisfies((ex) -> assertThat(SqlFailure.of(ex).isOfValue()).isTrue());
			connection.rollback();
		}
	}

	@Test
	void doesNotChangeTheParametersOfTheApplication() {
		try (HikariDataSource application = hikari("")) {
			sink(application).close();
			assertThat(application.getDataSourceProperties()).isEmpty();
		}
	}

	@Test
	void closesConnectionsOfAnotherPoolWithTheSessionThatTheyHad() throws Exception {
		try (SingleConnectionDataSource pool = new SingleConnectionDataSource(database.jdbcUrl(), database.username(),
				database.password(), true)) {
			String mode = variable(pool.getConnection(), "sql_mode");
			try (SinkDataSource sink = sink(pool); Connection connection = sink.pool().getConnection()) {
				assertThat(variable(connection, "time_zone")).isEqualTo("+00:00");
				assertThat(variable(connection, "sql_mode")).isNotEqualTo(mode);
				assertThat(connection.getNetworkTimeout()).isEqualTo(300_000);
			}
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(connection.getNetworkTimeout()).isZero();
				assertThat(variable(connection, "tx_isolation")).isEqualTo("REPEATABLE-READ");
				assertThat(variable(connection, "innodb_lock_wait_timeout")).isEqualTo("50");
				assertThat(variable(connection, "time_zone")).isEqualTo("+05:30");
				assertThat(variable(connection, "sql_mode")).isEqualTo(mode);
			}
		}
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
		try (HikariDataSource one = hikari(""); HikariDataSource two = hikari("")) {
			two.setJdbcUrl(database.jdbcUrl().replaceFirst("[^/]*$", "elsewhere"));
			DataSource router = router(current, Map.of(database.name(), one, "elsewhere", two));
			for (DataSource application : List.of(new DelegatingDataSource(router), new WrappedDataSource(router))) {
				try (SinkDataSource sink = sink(application)) {
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
		try (HikariDataSource application = hikari("");
				SinkDataSource sink = sink(router(new AtomicReference<>("only"), Map.of("only", application)))) {
			String before;
			try (Connection connection = sink.pool().getConnection()) {
				before = variable(connection, "pseudo_thread_id");
				signal(connection, "HY000", 1290, "the --read-only option");
			}
			try (Connection connection = sink.pool().getConnection()) {
				assertThat(variable(connection, "pseudo_thread_id")).isNotEqualTo(before);
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

	@ParameterizedTest
	@CsvSource(textBlock = """
			mysql,   '',                   300000
			mariadb, '',                   300000
			mysql,   ?socketTimeout=60000, 60000
			mariadb, ?socketTimeout=60000, 60000
			""")
	void doesNotWaitForEverForASilentServer(String driver, String parameters, int timeout) throws Exception {
		try (HikariDataSource application = hikari(parameters)) {
			application.setJdbcUrl(application.getJdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			try (SinkDataSource sink = sink(application); Connection connection = sink.pool().getConnection()) {
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
		try (HikariDataSource application = hikari("");
				SinkDataSource sink = sink(application);
				Connection connection = sink.pool().getConnection()) {
			signal(connection, state, code, "no");
			assertThat(variable(connection, "time_zone")).isEqualTo("+00:00");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HY000, 1290, the --read-only option", "25006, 1792, READ ONLY transaction",
			"HY000, 1836, read-only" })
	void throwsAllConnectionsAwayOnceOneLeadsToAReadOnlyServer(String state, int code, String message)
			throws Exception {
		try (HikariDataSource application = hikari("");
				SinkDataSource sink = new SinkDataSource(application, 2, Duration.ofSeconds(3), Duration.ofSeconds(7),
						LoadData.AUTO)) {
			List<String> before = connectionIds(sink);
			try (Connection connection = sink.pool().getConnection()) {
				signal(connection, state, code, message);
			}
			assertThat(connectionIds(sink)).doesNotContainAnyElementsOf(before);
		}
	}

	@Test
	void asksTheUserFirstWhichConnectionsAreThrownAway() throws Exception {
		try (HikariDataSource application = hikari("")) {
			application.setExceptionOverrideClassName(EvictsUnsupported.class.getName());
			try (SinkDataSource sink = sink(application); Connection connection = sink.pool().getConnection()) {
				signal(connection, "HY000", 1105, "no");
				assertThat(connection.isClosed()).isFalse();
				signal(connection, "0A000", 1644, "no");
				assertThat(connection.isClosed()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void measuresItsConnectionsWhetherThoseOfTheApplicationAreMeasuredOrNot(boolean measured) {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		try (HikariDataSource application = hikari("")) {
			if (measured) {
				application.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
			}
			try (SinkDataSource sink = sink(application)) {
				sink.measure(meters);
				assertThat(meters.get("hikaricp.connections.active").tag("pool", "mega-sink").gauge().value()).isZero();
			}
		}
	}

	private static void signal(Connection connection, String state, int code, String message) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> statement.execute("SIGNAL SQLSTATE '" + state + "' SET MYSQL_ERRNO = " + code
						+ ", MESSAGE_TEXT = '" + message + "'"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(code));
		}
	}

	private static List<String> connectionIds(SinkDataSource sink) throws SQLException {
		try (Connection one = sink.pool().getConnection(); Connection two = sink.pool().getConnection()) {
			return List.of(variable(one, "pseudo_thread_id"), variable(two, "pseudo_thread_id"));
		}
	}

	@Test
	void executesTheUsersInitSqlFirst() throws Exception {
		try (HikariDataSource application = hikari("?sessionVariables=innodb_lock_wait_timeout=33")) {
			application.setConnectionInitSql("SET SESSION time_zone='+09:00', SESSION max_statement_time=11");
			try (SinkDataSource sink = sink(application); Connection connection = sink.pool().getConnection()) {
				assertThat(variable(connection, "max_statement_time")).startsWith("11");
				assertThat(variable(connection, "time_zone")).isEqualTo("+00:00");
				assertThat(variable(connection, "innodb_lock_wait_timeout")).isEqualTo("7");
			}
		}
	}

	@Test
	void writesAlthoughThePoolOfTheApplicationIsReadOnly() throws Exception {
		try (HikariDataSource application = hikari("")) {
			application.setReadOnly(true);
			try (SinkDataSource sink = sink(application); Connection connection = sink.pool().getConnection()) {
				assertThat(connection.isReadOnly()).isFalse();
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
			try (SinkDataSource sink = sink(application)) {
				assertThat(sink.location()).isEqualTo(location).doesNotContain("hunter2");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DRIVER_MYSQL", "DRIVER_MARIADB" })
	void doesNotKnowWhereAForeignDataSourceLeads(Application application) throws Exception {
		try (Closing source = application.open(); SinkDataSource sink = sink(source)) {
			assertThat(sink.location()).isNull();
		}
	}

	private static SinkDataSource sink(Closing application) {
		return sink(application.dataSource());
	}

	private static SinkDataSource sink(DataSource application) {
		return new SinkDataSource(application, 1, Duration.ofSeconds(3), Duration.ofSeconds(7), LoadData.AUTO);
	}

	private static HikariDataSource hikari(String parameters) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(database.jdbcUrl() + parameters);
		pool.setUsername(database.username());
		pool.setPassword(database.password());
		pool.setMaximumPoolSize(1);
		return pool;
	}

	private static void assertMoments(int count) {
		assertThat(JdbcClient.create(database.dataSource())
			.sql("SELECT CONCAT(UNIX_TIMESTAMP(at), ' ', day) FROM moment")
			.query(String.class)
			.list()).hasSize(count).containsOnly("1774747800.123 2026-03-29 01:30:00.123");
	}

	private static long inserts(Connection connection) throws SQLException {
		return Long.parseLong(show(connection, "STATUS", "Com_insert"));
	}

	private static String variable(Connection connection, String name) throws SQLException {
		return show(connection, "VARIABLES", name);
	}

	private static String show(Connection connection, String what, String name) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SHOW SESSION " + what + " LIKE '" + name + "'")) {
			assertThat(result.next()).as(name).isTrue();
			return result.getString(2);
		}
	}

	/**
	 * Ways in which an application has come by its data source.
	 */
	enum Application {

		HIKARI_MYSQL {

			@Override
			DataSource dataSource() {
				return hikari("");
			}

		},

		WRAPPED_HIKARI {

			@Override
			DataSource dataSource() {
				return new WrappedDataSource(hikari(""));
			}

		},

		HIKARI_MYSQL_IN_BERLIN {

			@Override
			DataSource dataSource() {
				return hikari("?connectionTimeZone=Europe/Berlin&jdbcCompliantTruncation=false");
			}

		},

		HIKARI_MYSQL_WITH_FORMER_NAME {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = hikari(
						"?jdbcCompliantTruncation=false&serverTimezone=Asia/Tokyo&forceConnectionTimeZoneToSession=false");
				pool.addDataSourceProperty("serverTimezone", "Europe/Berlin");
				return pool;
			}

		},

		POOL_OF_DATA_SOURCE_CLASS {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = hikari("");
				Properties properties = new Properties();
				properties.setProperty("url", pool.getJdbcUrl());
				pool.setDataSourceProperties(properties);
				pool.setDataSourceClassName(MysqlDataSource.class.getName());
				pool.setJdbcUrl(null);
				return pool;
			}

		},

		POOL_OF_MARIADB {

			@Override
			DataSource dataSource() {
				HikariDataSource pool = hikari("?jdbcCompliantTruncation=false");
				pool.setJdbcUrl(pool.getJdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:"));
				return pool;
			}

		},

		DRIVER_MYSQL {

			@Override
			DataSource dataSource() {
				return new DriverManagerDataSource(database.jdbcUrl() + "?jdbcCompliantTruncation=false",
						database.username(), database.password());
			}

		},

		DRIVER_MARIADB {

			@Override
			DataSource dataSource() {
				return new DriverManagerDataSource(
						database.jdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:") + "?jdbcCompliantTruncation=false",
						database.username(), database.password());
			}

		};

		abstract DataSource dataSource();

		Closing open() {
			return new Closing(dataSource());
		}

	}

	/**
	 * A wrapper as of libraries that look at statements: all it has to do with what it
	 * wraps is JDBC's.
	 */
	private static final class WrappedDataSource extends AbstractDataSource implements AutoCloseable {

		private final DataSource target;

		private WrappedDataSource(DataSource target) {
			this.target = target;
		}

		@Override
		public Connection getConnection() throws SQLException {
			return this.target.getConnection();
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return this.target.getConnection(username, password);
		}

		@Override
		public <T> T unwrap(Class<T> type) throws SQLException {
			return this.target.unwrap(type);
		}

		@Override
		public boolean isWrapperFor(Class<?> type) throws SQLException {
			return this.target.isWrapperFor(type);
		}

		@Override
		public void close() throws Exception {
			if (this.target instanceof AutoCloseable closeable) {
				closeable.close();
			}
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

	record Closing(DataSource dataSource) implements AutoCloseable {

		@Override
		public void close() throws Exception {
			if (this.dataSource instanceof AutoCloseable closeable) {
				closeable.close();
			}
		}

	}

}
