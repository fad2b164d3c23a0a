package org.megaetl.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

/**
 * MariaDB and Kafka as the systems under test find them. The database is as durable as it
 * is by default; only its memory and log have the size of a server's.
 */
final class Servers implements AutoCloseable {

	/** The number of partitions of each topic. */
	static final int PARTITIONS = 4;

	private final TestDatabase database = TestDatabase.createWithOwnServer("--innodb-buffer-pool-size=512M",
			"--innodb-log-file-size=512M", "--local-infile=ON");

	private @Nullable TestKafka kafka;

	private int databases;

	/**
	 * Creates a topic with orders.
	 * @param topic the topic's name
	 * @param events the number of orders
	 */
	void fill(String topic, int events) throws Exception {
		if (this.kafka == null) {
			this.kafka = TestKafka.createWithOwnServer(Map.of("num.partitions", String.valueOf(PARTITIONS)));
		}
		this.kafka.createTopics(List.of(topic));
		try (var producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", this.kafka.bootstrapServers(), "linger.ms", 20, "batch.size", 1 << 17),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			for (int i = 0; i < events; i++) {
				var unused = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, Orders.json(i)));
			}
		}
	}

	/**
	 * Creates a database with an empty table of orders, and drops the one before.
	 * @param key whether the table has a primary key
	 * @return the properties of a program that uses them
	 */
	Map<String, String> prepare(boolean key) throws SQLException {
		String name = "run" + ++this.databases;
		try (Connection connection = connect(""); Statement statement = connection.createStatement()) {
			statement.execute("DROP DATABASE IF EXISTS run" + (this.databases - 1));
			statement.execute("CREATE DATABASE " + name);
			statement.execute("USE " + name);
			statement.execute(Orders.table(key));
		}
		Map<String, String> properties = new HashMap<>();
		properties.put("spring.datasource.url", this.database.server().jdbcUrl(name));
		properties.put("spring.datasource.username", this.database.username());
		properties.put("spring.datasource.password", this.database.password());
		if (this.kafka != null) {
			properties.put("spring.kafka.bootstrap-servers", this.kafka.bootstrapServers());
		}
		return properties;
	}

	/**
	 * Connects to the database that was prepared last.
	 */
	Connection connect() throws SQLException {
		return connect("run" + this.databases);
	}

	private Connection connect(String name) throws SQLException {
		return DriverManager.getConnection(this.database.server().jdbcUrl(name), this.database.username(),
				this.database.password());
	}

	/**
	 * Returns how many rows the server has written since it was started, which costs it
	 * nothing to say.
	 */
	static long rowsWritten(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Handler_write'")) {
			result.next();
			return result.getLong(2);
		}
	}

	/**
	 * Returns how many orders are committed.
	 */
	static long orders(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
			result.next();
			return result.getLong(1);
		}
	}

	/**
	 * Returns the versions of the servers.
	 */
	String versions() {
		return "MariaDB " + this.database.server().version()
				+ ((this.kafka != null) ? ", Kafka " + this.kafka.server().version() : "");
	}

	@Override
	public void close() {
		if (this.kafka != null) {
			this.kafka.close();
		}
		this.database.close();
	}

}
