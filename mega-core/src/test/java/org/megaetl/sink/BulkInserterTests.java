package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;

class BulkInserterTests {

	private static TestDatabase database;

	private HikariDataSource application;

	private SinkDataSource connections;

	private Connection connection;

	@BeforeAll
	static void start() {
		database = TestDatabase.createWithOwnServer();
	}

	@AfterAll
	static void stop() {
		database.close();
	}

	@BeforeEach
	void connect() throws SQLException {
		connect("");
	}

	private void connect(String parameters) throws SQLException {
		this.application = new HikariDataSource();
		this.application.setJdbcUrl(database.jdbcUrl().replace("jdbc:mysql:", "jdbc:mariadb:") + parameters);
		this.application.setUsername(database.username());
		this.application.setPassword(database.password());
		this.connections = new SinkDataSource(this.application, 1, Duration.ofSeconds(3), Duration.ofSeconds(5),
				LoadData.AUTO);
		this.connection = this.connections.pool().getConnection();
	}

	private void reconnect(String parameters) throws SQLException {
		disconnect();
		connect(parameters);
	}

	@AfterEach
	void disconnect() throws SQLException {
		if (!this.connection.isClosed()) {
			this.connection.rollback();
		}
		this.connection.close();
		this.connections.close();
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "STRICT_TRANS_TABLES", "NO_ZERO_DATE,NO_ZERO_IN_DATE,TIME_ROUND_FRACTIONAL,ANSI_QUOTES",
			"EMPTY_STRING_IS_NULL,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH" })
	void storesAndRefusesWhatAnInsertDoes(String mode) throws SQLException {
		database.execute("SET GLOBAL sql_mode = '" + mode + "'");
		try {
			reconnect("");
			JdbcSink inserting = new JdbcSink(1000);
			List<String> bad = new ArrayList<>();
			for (String type : EveryValue.TYPES) {
				JdbcSink bulk = new JdbcSink(1000, new BulkInserter(1, 0), null);
				database.execute("CREATE OR REPLACE TABLE loaded (value " + type + ")",
						"CREATE OR REPLACE TABLE inserted (value " + type + ")");
				for (Object value : EveryValue.values()) {
					String refusal = refusal(inserting, "inserted", value);
					String ref2 = refusal(bulk, "loaded", value);
					String a = stored("inserted", type).toString();
					String b = stored("loaded", type).toString();
					this.connection.rollback();
					if (!ref2.equals(refusal) || !a.equals(b)) {
						bad.add(type + " " + describe(value) + ": " + refusal + " / " + ref2 + " " + a + " " + b);
					}
				}
			}
			System.out.println(this.connection.getMetaData().getURL());
			try (Statement statement = this.connection.createStatement();
					ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Com\\_%'")) {
				while (rows.next()) {
					if (!rows.getString(2).equals("0"))
						System.out.println(rows.getString(1) + " " + rows.getString(2));
				}
			}
			bad.forEach(System.out::println);
			assertThat(bad).isEmpty();
		}
		finally {
			database.execute("SET GLOBAL sql_mode = DEFAULT");
		}
	}

	private static String describe(@Nullable Object value) {
		return (value != null) ? value.getClass().getSimpleName() + " " + value : "NULL";
	}

	private String refusal(JdbcSink writer, String table, @Nullable Object value) {
		try {
			writer.write(this.connection,
					List.of(Row.insert(table).set("value", value), Row.insert(table).set("value", value)));
			return "";
		}
		catch (SQLException ex) {
			return ex.getErrorCode() + ex.getMessage().replace(table, "table");
		}
	}

	private List<String> stored(String table, String type) throws SQLException {
		String exact = (type.startsWith("FLOAT") || type.startsWith("DOUBLE")) ? "COALESCE(value + 0e0, '')" : "''";
		return query("SELECT CONCAT(COALESCE(HEX(CAST(value AS BINARY)), 'NULL'), ' ', COALESCE(HEX(value), ''), ' ', "
				+ exact + ") FROM " + table);
	}

	private List<String> query(String sql) throws SQLException {
		List<String> values = new ArrayList<>();
		try (Statement statement = this.connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			while (rows.next()) {
				values.add(rows.getString(rows.getMetaData().getColumnCount()));
			}
		}
		return values;
	}

}
