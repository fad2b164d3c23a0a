package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;

/**
 * The table {@code item} of a database that the tests of a class have for themselves, and
 * a connection of the sink to it for each test.
 */
final class ItemTable implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

	/** Enough for rows to be loaded or sent in bulk. */
	static final int ROWS = 120;

	private final String driver;

	private TestDatabase database;

	private HikariDataSource application;

	private SinkDataSource connections;

	private Connection connection;

	private JdbcSink sink;

	/**
	 * Creates the table's owner, to be registered as an extension of a test class.
	 * @param driver the driver's name in the URL of the database
	 */
	ItemTable(String driver) {
		this.driver = driver;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		this.database = TestDatabase.createWithOwnServer();
	}

	@Override
	public void beforeEach(ExtensionContext context) throws SQLException {
		this.sink = new JdbcSink(1000, LoadData.AUTO);
		connect("");
	}

	@Override
	public void afterEach(ExtensionContext context) throws SQLException {
		disconnect();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.database.close();
	}

	private void connect(String parameters) throws SQLException {
		this.application = new HikariDataSource();
		this.application
			.setJdbcUrl(this.database.jdbcUrl().replace("jdbc:mysql:", "jdbc:" + this.driver + ":") + parameters);
		this.application.setUsername(this.database.username());
		this.application.setPassword(this.database.password());
		this.connections = new SinkDataSource(this.application, 1, Duration.ofSeconds(3), Duration.ofSeconds(5),
				LoadData.AUTO);
		this.connection = this.connections.pool().getConnection();
	}

	private void disconnect() throws SQLException {
		if (!this.connection.isClosed()) {
			this.connection.rollback();
		}
		this.connection.close();
		this.connections.close();
		this.application.close();
	}

	/**
	 * Replaces the connection.
	 * @param parameters what follows the name of the database in the URL
	 */
	void reconnect(String parameters) throws SQLException {
		disconnect();
		connect(parameters);
	}

	TestDatabase database() {
		return this.database;
	}

	Connection connection() {
		return this.connection;
	}

	JdbcSink sink() {
		return this.sink;
	}

	void create(String columns) {
		this.database.execute("DROP TABLE IF EXISTS item", "CREATE TABLE item (" + columns + ")");
	}

	/**
	 * Creates the table, and one with the IDs 0 to 1000 that columns may refer to.
	 */
	void createWithParent(String columns) {
		this.database.execute("SET foreign_key_checks = 0", "DROP TABLE IF EXISTS item",
				"CREATE OR REPLACE TABLE parent (id INT PRIMARY KEY)",
				"INSERT INTO parent SELECT seq FROM seq_0_to_1000");
		create(columns);
	}

	Row row() {
		return Row.insert("item");
	}

	void write(IntFunction<Row> row) throws SQLException {
		write(row, ROWS);
	}

	void write(IntFunction<Row> row, int rows) throws SQLException {
		this.sink.write(this.connection, IntStream.range(0, rows).mapToObj(row).toList());
		this.connection.commit();
	}

	/**
	 * Returns the values of the last column.
	 */
	List<String> rows() throws SQLException {
		return query("SELECT * FROM item");
	}

	List<String> query(String sql) throws SQLException {
		List<String> values = new ArrayList<>();
		try (Statement statement = this.connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			while (rows.next()) {
				values.add(rows.getString(rows.getMetaData().getColumnCount()));
			}
		}
		return values;
	}

	/**
	 * Returns a counter of what the connection has done.
	 */
	int status(String name) throws SQLException {
		return Integer.parseInt(query("SHOW SESSION STATUS LIKE '" + name + "'").get(0));
	}

}
