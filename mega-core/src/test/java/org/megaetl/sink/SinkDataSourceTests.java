package org.megaetl.sink;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Times, with the application, the server and UTC in three different zones.
 */
class SinkDataSourceTests {

	private static final Instant TIME = Instant.parse("2026-03-29T01:30:00.123Z");

	private final TimeZone before = TimeZone.getDefault();

	@BeforeEach
	void moveToTokyo() {
		TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
	}

	@AfterEach
	void moveBack() {
		TimeZone.setDefault(this.before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql", "mariadb" })
	void storesAnInstantWhateverTheZones(String driver) throws Exception {
		try (TestDatabase database = TestDatabase.createWithOwnServer("--default-time-zone=+05:30");
				HikariDataSource application = new HikariDataSource()) {
			database.execute("CREATE TABLE times (at TIMESTAMP(3) NULL, utc DATETIME(3))");
			application.setJdbcUrl(database.jdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
			application.setUsername(database.username());
			application.setPassword(database.password());
			try (SinkDataSource sink = new SinkDataSource(application, 1, Duration.ofSeconds(3), Duration.ofSeconds(5));
					Connection connection = sink.pool().getConnection()) {
				OffsetDateTime elsewhere = TIME.atZone(ZoneId.of("America/Caracas")).toOffsetDateTime();
				new JdbcSink(10).write(connection, List.of(Row.insert("times").set("at", TIME).set("utc", TIME),
						Row.insert("times").set("at", elsewhere).set("utc", elsewhere)));
				connection.commit();
			}
			List<Map<String, Object>> rows = JdbcClient.create(database.dataSource())
				.sql("SELECT CAST(UNIX_TIMESTAMP(at) * 1000 AS SIGNED) AS at, CAST(utc AS CHAR) AS utc FROM times")
				.query()
				.listOfRows();
			assertThat(rows).hasSize(2)
				.allSatisfy((row) -> assertThat(row).containsEntry("at", TIME.toEpochMilli())
					.containsEntry("utc", "2026-03-29 01:30:00.123"));
		}
	}

}
